import type { Chat, Message } from '@/api/contracts.gen';
import { keys, queryClient } from '@/api/query-client';
import { cachedChats, isReading } from '@/features/chat/entry';
import { nameOf } from '@/lib/names';
import { previewOf } from '@/lib/preview';
import { useSettings } from './settings-store';

let open: (chatId: string) => void = () => undefined;

// The router's way to a chat, given once by the app.
export function setNotificationTarget(go: (chatId: string) => void): void {
  open = go;
}

export const notificationsPossible = (): boolean => typeof Notification !== 'undefined';

const isWanted = (): boolean =>
  useSettings.getState().notifications && notificationsPossible() && Notification.permission === 'granted';

// Shows new messages outside the page, when the person turned that on and is not reading the chat. It
// watches the cached list, where every new message of every chat shows up.
export function startNotifications(meId: string): () => void {
  const shown = new Map<string, number>();
  const look = (chats: Chat[], silent: boolean) => {
    for (const chat of chats) {
      const message = chat.last_message;
      const seq = message?.seq ?? 0;
      const known = shown.get(chat.id);
      shown.set(chat.id, Math.max(seq, known ?? 0));
      const isNew = known !== undefined && seq > known;
      if (message && isNew && !silent && message.sender.id !== meId && !isReading(chat.id) && isWanted()) show(chat, message);
    }
  };
  look(cachedChats(), true);
  return queryClient.getQueryCache().subscribe(({ query, type }) => {
    if (type === 'updated' && query.queryKey[0] === keys.chats[0]) look(cachedChats(), false);
  });
}

function show(chat: Chat, message: Message): void {
  const sender = nameOf(message.sender);
  const title = chat.kind === 'direct' ? sender : `${sender} · ${chat.title}`;
  const notification = new Notification(title, {
    body: previewOf(message),
    tag: chat.id,
    icon: '/favicon.svg',
  });
  notification.onclick = () => {
    window.focus();
    open(chat.id);
    notification.close();
  };
}

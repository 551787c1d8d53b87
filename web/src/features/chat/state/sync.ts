import {
  chatFeed, chatsQueue, type ChatEvent, type ChatsEvent, type Message, type ResyncEvent,
} from '@/api/contracts.gen';
import { keys, queryClient } from '@/api/query-client';
import { announce, showToast } from '@/components/floating/notices';
import { useSession } from '@/features/auth/entry';
import { chatStrings } from '@/i18n/chat';
import { messagesStrings } from '@/i18n/messages';
import { nameOf } from '@/lib/names';
import { previewOf } from '@/lib/preview';
import { chatDestination } from '@/realtime/destinations';
import type { EventHandlers } from '@/realtime/event-table';
import { live, liveEvents, onLiveOpen } from '@/realtime/live';
import {
  cachedChat, cachedWindow, changeWindow, dropChat, noteChangedMessage, noteMemberRead, noteMessage, noteRead, patchChat,
  refetchChat, upsertChat,
} from './chat-cache';
import { fillGap, refreshTail } from './history';
import { applyLive, isAttached, raiseHead, replaceMessage } from './message-window';
import { noteUser } from './people-cache';
import { isReading, openChatId } from './reading';
import { showTyping, stopTyping } from './typing-store';

// Turns live events of chats into changes of the caches.

const meId = (): string => useSession.getState().user?.id ?? '';

let isReadOut: (message: Message) => boolean = () => false;

// Who reads some messages out by other means says which: those are not announced.
export function setReadOut(test: (message: Message) => boolean): void {
  isReadOut = test;
}

function readChatsAgain(): void {
  void queryClient.invalidateQueries({ queryKey: keys.chats });
}

const chatEvents: EventHandlers<ChatEvent> = {
  message: ({ message }, chatId) => onMessage(chatId, message),
  message_edited: ({ message }, chatId) => onChanged(chatId, message),
  message_deleted: ({ message }, chatId) => onChanged(chatId, message),
  typing: ({ user_id: userId }, chatId) => {
    if (userId !== meId()) showTyping(chatId, userId);
  },
  read: ({ user_id: userId, seq }, chatId) => {
    if (userId === meId()) noteRead(chatId, seq);
    noteMemberRead(chatId, userId, seq);
  },
  member_added: (_, chatId) => onMembers(chatId),
  member_removed: ({ user_id: userId }, chatId) => (userId === meId() ? onRemoved(chatId) : onMembers(chatId)),
  resync: (event, chatId) => onResync(chatId, event),
};

const chatsEvents: EventHandlers<ChatsEvent> = {
  chat_added: ({ chat }) => upsertChat(chat),
  chat_changed: ({ chat }) => upsertChat(chat),
  chat_removed: ({ chat_id: chatId }) => {
    live.forget(chatDestination(chatId));
    onRemoved(chatId);
  },
  user_changed: ({ user }) => noteUser(user),
  unread: onUnread,
  read: ({ chat_id: chatId, seq, unread, mentions }) => noteRead(chatId, seq, { unread, mentions }),
  resync: readChatsAgain,
};

function onChanged(chatId: string, message: Message): void {
  changeWindow(chatId, (window) => replaceMessage(window, message));
  noteChangedMessage(message);
}

function onMembers(chatId: string): void {
  void queryClient.invalidateQueries({ queryKey: keys.members(chatId) });
  refetchChat(chatId);
}

// The server dropped events for this reader. `from_seq` is 1 when changes of known messages were among them: what is
// loaded is read again then, and what is missing below it.
function onResync(chatId: string, { from_seq: from, to_seq: to }: ResyncEvent): void {
  const window = cachedWindow(chatId);
  if (!window) return;
  const below = isAttached(window);
  changeWindow(chatId, (now) => raiseHead(now, to));
  const range = { from: Math.max(from, window.firstSeq), to: below ? to : Math.min(to, window.lastSeq) };
  if (range.from <= range.to) fillGap(chatId, range).catch(() => undefined);
}

function onMessage(chatId: string, message: Message): void {
  const window = cachedWindow(chatId);
  if (window) {
    const applied = applyLive(window, message);
    queryClient.setQueryData(keys.messages(chatId), applied.window);
    if (applied.gap) fillGap(chatId, applied.gap).catch(() => undefined);
  }
  const isNew = (message.seq ?? 0) > (cachedChat(chatId)?.last_seq ?? 0);
  noteMessage(message);
  stopTyping(chatId, message.sender.id);
  if (message.sender.id === meId()) {
    // Writing is reading: the server moves the writer's marker without saying so.
    if (message.seq !== null) noteRead(chatId, message.seq, { unread: 0, mentions: 0 });
    return;
  }
  if (isNew && openChatId() === chatId && !isReadOut(message)) {
    announce(messagesStrings.announced(nameOf(message.sender), previewOf(message)));
  }
}

function onRemoved(chatId: string): void {
  const chat = cachedChat(chatId);
  if (!chat) return;
  dropChat(chatId);
  if (openChatId() === chatId) showToast(chatStrings.gone(chat.title));
}

function onUnread(event: Extract<ChatsEvent, { type: 'unread' }>): void {
  const chat = cachedChat(event.chat_id);
  if (!chat) return refetchChat(event.chat_id);
  const { unread, mentions } = isReading(event.chat_id) ? { unread: 0, mentions: 0 } : event;
  patchChat(event.chat_id, (known) => ({
    ...known,
    last_seq: Math.max(known.last_seq, event.last_seq),
    me: known.me && { ...known.me, unread, mentions },
  }));
  if (event.last_message) noteMessage(event.last_message);
}

// What is not told of by the queue is read at once.
function onOpen(): void {
  const open = openChatId();
  if (!open) return;
  void queryClient.invalidateQueries({ queryKey: keys.members(open) });
  refreshTail(open).catch(() => undefined);
}

// What happened before a subscription is in force, and is not replayed, is read again then: not before.
export function startSync(): () => void {
  const stops = [
    liveEvents.on(chatFeed, { events: chatEvents, onRefused: readChatsAgain }),
    liveEvents.on(chatsQueue, { events: chatsEvents, onFollowed: readChatsAgain }),
    onLiveOpen(onOpen),
    live.watch(chatsQueue),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

import type { Chat, Member, Message, PublicUser } from '@/api/contracts.gen';
import { keys, queryClient } from '@/api/query-client';
import { setUser, useSession } from '@/features/auth/entry';
import { changeWindow } from './chat-cache';

// Somebody is called otherwise now: everything that is kept of them says so at once.
export function noteUser(user: PublicUser): void {
  const { user: me } = useSession.getState();
  if (me?.id === user.id) setUser({ ...me, username: user.username, display_name: user.display_name, name_shared: user.name_shared });
  queryClient.setQueryData<Chat[]>(keys.chats, (chats) => mapped(chats, (chat) => renamedChat(chat, user)));
  for (const [, chatId] of queryClient.getQueryCache().findAll({ queryKey: ['messages'] }).map((query) => query.queryKey)) {
    changeWindow(String(chatId), (window) => {
      const items = mapped(window.items, (message) => renamed(message, user));
      return items === window.items ? window : { ...window, items };
    });
  }
  queryClient.setQueriesData<Member[]>({ queryKey: ['members'] }, (members) =>
    mapped(members, (member) => (member.user.id === user.id ? { ...member, user } : member)),
  );
  void queryClient.invalidateQueries({ queryKey: ['users'] });
}

// The same list where nothing in it changed.
function mapped<List extends readonly unknown[] | undefined>(list: List, change: (item: NonNullable<List>[number]) => unknown): List {
  const next = list?.map(change);
  return next?.some((item, index) => item !== list?.[index]) ? (next as unknown as List) : list;
}

function renamed(message: Message, { id, username, display_name, kind, name_shared }: PublicUser): Message {
  return message.sender.id === id ? { ...message, sender: { id, username, display_name, kind, name_shared } } : message;
}

function renamedChat(chat: Chat, user: PublicUser): Chat {
  const peer = chat.peer?.id === user.id ? user : chat.peer;
  const last = chat.last_message && renamed(chat.last_message, user);
  return peer === chat.peer && last === chat.last_message ? chat : { ...chat, peer, last_message: last };
}

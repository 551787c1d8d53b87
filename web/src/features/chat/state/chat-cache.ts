import { getChat, listChats } from '@/api/chats';
import type { Chat, Member, Message } from '@/api/contracts.gen';
import { keys, queryClient } from '@/api/query-client';
import type { MessageWindow } from './message-window';

// Reading and writing of the cached chats and messages, for everything that is not a component.

export async function loadChats(): Promise<Chat[]> {
  const [open, archived] = await Promise.all([listChats(false), listChats(true)]);
  const byId = new Map([...open, ...archived].map((chat) => [chat.id, chat]));
  return [...byId.values()];
}

export function cachedChats(): Chat[] {
  return queryClient.getQueryData<Chat[]>(keys.chats) ?? [];
}

export function cachedChat(chatId: string): Chat | undefined {
  return cachedChats().find((chat) => chat.id === chatId);
}

export function patchChat(chatId: string, change: (chat: Chat) => Chat): void {
  queryClient.setQueryData<Chat[]>(keys.chats, (chats) =>
    chats?.map((chat) => (chat.id === chatId ? change(chat) : chat)),
  );
}

export function upsertChat(chat: Chat): void {
  queryClient.setQueryData<Chat[]>(keys.chats, (chats) => {
    if (!chats) return chats;
    const known = chats.find((other) => other.id === chat.id);
    // An event's chat may be written for all members; what is mine stays then.
    const next = { ...known, ...chat, me: chat.me ?? known?.me ?? null };
    return known ? chats.map((other) => (other.id === chat.id ? next : other)) : [next, ...chats];
  });
}

export function dropChat(chatId: string): void {
  queryClient.setQueryData<Chat[]>(keys.chats, (chats) => chats?.filter((chat) => chat.id !== chatId));
  queryClient.removeQueries({ queryKey: keys.messages(chatId) });
  queryClient.removeQueries({ queryKey: keys.members(chatId) });
}

const wanted = new Set<string>();
const soonMilliseconds = 250;
const fewChats = 3;
let fetchTimer: ReturnType<typeof setTimeout> | undefined;

// Reads a chat again soon. Many hints in a row make one call, and many chats make one list.
export function refetchChat(chatId: string): void {
  wanted.add(chatId);
  fetchTimer ??= setTimeout(fetchWanted, soonMilliseconds);
}

function fetchWanted(): void {
  fetchTimer = undefined;
  const chatIds = [...wanted];
  wanted.clear();
  const all = () => void queryClient.invalidateQueries({ queryKey: keys.chats });
  if (chatIds.length > fewChats) return all();
  for (const chatId of chatIds) getChat(chatId).then(upsertChat, all);
}

export function noteMessage(message: Message): void {
  patchChat(message.chat_id, (chat) => {
    const seq = message.seq ?? 0;
    if (seq < chat.last_seq || (chat.last_message && (chat.last_message.seq ?? 0) > seq)) return chat;
    return { ...chat, last_seq: seq, last_message: message, updated_at: message.created_at };
  });
}

// An edit or deletion shows in the list when it met the newest message.
export function noteChangedMessage(message: Message): void {
  patchChat(message.chat_id, (chat) =>
    chat.last_message?.id === message.id ? { ...chat, last_message: message } : chat,
  );
}

// What is left is what the server says; of one's own marker it is known before that nothing more is left than before.
export function noteRead(chatId: string, seq: number, left?: { unread: number; mentions: number }): void {
  patchChat(chatId, (chat) => {
    if (!chat.me || seq < chat.me.read_seq) return chat;
    const unread = left?.unread ?? Math.min(chat.me.unread, Math.max(0, chat.last_seq - seq));
    const mentions = left?.mentions ?? Math.min(chat.me.mentions ?? 0, unread);
    return { ...chat, me: { ...chat.me, read_seq: seq, unread, mentions } };
  });
}

export function cachedWindow(chatId: string): MessageWindow | undefined {
  return queryClient.getQueryData<MessageWindow>(keys.messages(chatId));
}

export function changeWindow(chatId: string, change: (window: MessageWindow) => MessageWindow): void {
  queryClient.setQueryData<MessageWindow>(keys.messages(chatId), (window) => (window ? change(window) : window));
}

export function noteMemberRead(chatId: string, userId: string, seq: number): void {
  queryClient.setQueryData<Member[]>(keys.members(chatId), (members) =>
    members?.map((member) =>
      member.user.id === userId && seq > (member.read_seq ?? 0) ? { ...member, read_seq: seq } : member,
    ),
  );
}

// What orders the list: the time of the newest message, or of the chat itself.
export const activityOf = (chat: Chat): string => chat.last_message?.created_at ?? chat.created_at;

export function byActivity(a: Chat, b: Chat): number {
  return activityOf(b).localeCompare(activityOf(a));
}

export function cachedMessage(chatId: string, messageId: string): Message | undefined {
  return cachedWindow(chatId)?.items.find((message) => message.id === messageId);
}

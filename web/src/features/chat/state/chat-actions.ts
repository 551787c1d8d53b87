import { createChat, deleteChat, leaveChat } from '@/api/chats';
import type { NewChat } from '@/api/types';
import { chatDestination } from '@/realtime/destinations';
import { live } from '@/realtime/live';
import { cachedChats, dropChat, upsertChat } from './chat-cache';

// Opens the direct chat with a person: the one there is, or a new one. Answers its id.
export async function openDirectChat(userId: string): Promise<string> {
  const chat = await createChat({ kind: 'direct', member_ids: [userId] });
  upsertChat(chat);
  return chat.id;
}

// `key` stands for one wish to make a room: asked twice with it, there is still one room.
export async function createRoom(room: Omit<NewChat, 'kind'>, key: string): Promise<string> {
  const chat = await createChat({ kind: 'group', ...room }, key);
  upsertChat(chat);
  return chat.id;
}

// A chat with an assistant, ready to be written in: one that nothing was said in yet, or a new one.
export async function openNewAssistantChat(key: string): Promise<string> {
  const blank = cachedChats().find((chat) => chat.kind === 'assistant' && chat.last_seq === 0 && !chat.archived);
  if (blank) return blank.id;
  const chat = await createChat({ kind: 'assistant' }, key);
  upsertChat(chat);
  return chat.id;
}

export async function leaveRoom(chatId: string): Promise<void> {
  await leaveChat(chatId);
  live.forget(chatDestination(chatId));
  dropChat(chatId);
}

export async function deleteRoom(chatId: string): Promise<void> {
  await deleteChat(chatId);
  live.forget(chatDestination(chatId));
  dropChat(chatId);
}

import { createChat, type NewChat } from '@/api/chats';
import { upsertChat } from './chat-cache';

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

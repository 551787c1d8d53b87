import { changeChat } from '@/api/chats';
import type { Chat } from '@/api/contracts.gen';
import type { AssistantChange } from '@/api/types';
import { upsertChat } from './chat-cache';

// Whether and how an assistant answers in a chat.

export function isAssistantOn(chat: Chat): boolean {
  if (chat.kind === 'direct') return false;
  if (chat.kind === 'assistant') return true;
  return chat.assistant?.enabled ?? chat.assistant !== null;
}

// The fields that are named; the others stay.
export async function changeAssistant(chatId: string, change: AssistantChange): Promise<Chat> {
  const chat = await changeChat(chatId, { assistant: change });
  upsertChat(chat);
  return chat;
}

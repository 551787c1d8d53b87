import { changeChat } from '@/api/chats';
import type { Chat } from '@/api/contracts.gen';
import type { AssistantChange } from '@/api/types';
import { upsertChat } from '@/features/chat/entry';

// Whether and how an assistant answers in a chat.

// The server's word: it follows from more than the settings.
export function isAssistantOn(chat: Chat): boolean {
  return chat.assistant_may_be_asked ?? false;
}

// The fields that are named; the others stay.
export async function changeAssistant(chatId: string, change: AssistantChange): Promise<Chat> {
  const chat = await changeChat(chatId, { assistant: change });
  upsertChat(chat);
  return chat;
}

import type { Chat } from '@/api/contracts.gen';

// What calls for a person: what is said to them alone, and what mentions them. Anything else that is unread only waits.

// How many unread messages of a chat call for me.
export function callsOf(chat: Chat): number {
  if (!chat.me || chat.archived) return 0;
  return chat.kind === 'direct' ? chat.me.unread : (chat.me.mentions ?? 0);
}

// How much calls for me in all, and whether anything else is unread.
export function callsIn(chats: readonly Chat[]): { calls: number; waiting: boolean } {
  let calls = 0;
  let waiting = false;
  for (const chat of chats) {
    calls += callsOf(chat);
    waiting ||= !chat.archived && (chat.me?.unread ?? 0) > 0;
  }
  return { calls, waiting };
}

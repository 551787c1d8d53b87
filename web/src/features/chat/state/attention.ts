import { create } from 'zustand';
import type { Chat, Message } from '@/api/contracts.gen';
import { useSession } from '@/features/auth/entry';

// What calls for a person: what is said to them alone, and what mentions them. Anything else that is unread only waits.
// The server says of each message whom it mentions; of how many unread ones it does not, so those that came are kept here.

interface MentionsState {
  // Seqs of messages that mention me, by chat, ascending.
  byChat: Record<string, readonly number[]>;
}

const mostKept = 100;
export const useMentions = create<MentionsState>()(() => ({ byChat: {} }));

export function noteMention(message: Message): void {
  const me = useSession.getState().user?.id;
  const { seq, chat_id: chatId } = message;
  if (!me || seq === null || message.sender.id === me || !message.mentions.includes(me)) return;
  useMentions.setState(({ byChat }) => {
    const known = byChat[chatId] ?? [];
    if (known.includes(seq)) return { byChat };
    return { byChat: { ...byChat, [chatId]: [...known, seq].sort((a, b) => a - b).slice(-mostKept) } };
  });
}

export function forgetMentions(): void {
  useMentions.setState({ byChat: {} });
}

// How many unread messages of a chat call for the person `meId`.
export function callsOf(chat: Chat, mentions: readonly number[] = [], meId = ''): number {
  const unread = chat.me?.unread ?? 0;
  if (!chat.me || unread === 0 || chat.archived) return 0;
  if (chat.kind === 'direct') return unread;
  const { read_seq: readSeq } = chat.me;
  const last = chat.last_message;
  const lastSeq = last && last.seq !== null && last.sender.id !== meId && last.mentions.includes(meId) ? last.seq : 0;
  const seqs = new Set([...mentions, lastSeq].filter((seq) => seq > readSeq));
  return Math.min(seqs.size, unread);
}

// How much calls for me, and whether anything else is unread.
export function useCalls(chats: readonly Chat[]): { calls: number; waiting: boolean } {
  const meId = useSession((state) => state.user?.id ?? '');
  const byChat = useMentions((state) => state.byChat);
  let calls = 0;
  let waiting = false;
  for (const chat of chats) {
    calls += callsOf(chat, byChat[chat.id], meId);
    waiting ||= !chat.archived && (chat.me?.unread ?? 0) > 0;
  }
  return { calls, waiting };
}

export function useCallsOf(chat: Chat): number {
  const meId = useSession((state) => state.user?.id ?? '');
  const mentions = useMentions((state) => state.byChat[chat.id]);
  return callsOf(chat, mentions, meId);
}

import type { Chat, Message, PresenceState, PublicUser } from '@/api/contracts.gen';
import type { GenerationEvent } from '@/features/assistant/state/answer-store';

// The JSON bodies of live events. What a server may leave out is optional here.
export type LiveEvent =
  | { type: 'message' | 'message_edited' | 'message_deleted'; message: Message }
  | { type: 'typing'; user_id: string; chat_id?: string }
  | { type: 'member_added' | 'member_removed'; user_id: string }
  // `generations`: parts of running answers were missed too; the range may be empty then.
  | { type: 'resync'; from_seq: number; to_seq: number; generations?: boolean }
  | ({ type: 'generation' } & GenerationEvent)
  | { type: 'chat_added' | 'chat_changed'; chat?: Chat; chat_id?: string }
  | { type: 'user_changed'; user: PublicUser }
  | { type: 'chat_removed'; chat_id?: string; chat?: Chat }
  | { type: 'unread'; chat_id: string; unread: number; last_seq: number; last_message?: Message | null }
  | { type: 'read'; user_id?: string; chat_id?: string; seq?: number; read_seq?: number; unread?: number }
  | { type: 'presence'; user_id: string; state: PresenceState; last_seen_at?: string | null }
  | { type: 'token_expiring' }
  | { type: 'session_ended'; code?: string };

const chatTopic = '/topic/chats/';

export const chatDestination = (chatId: string): string => `${chatTopic}${chatId}`;
export const chatOfDestination = (destination: string): string | null =>
  destination.startsWith(chatTopic) ? destination.slice(chatTopic.length) : null;

export const chatsQueue = '/user/queue/chats';
export const presenceQueue = '/user/queue/presence';
export const sessionQueue = '/user/queue/session';

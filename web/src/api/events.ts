import type { Chat, GenerationState, Message, Presence, PublicUser } from './contracts.gen';

// The JSON bodies of live events as the server sends them (docs/protocols/stomp.md), by the feed that brings them.

// Something of this feed was left out: of a chat the messages of these seqs, and with `generations` parts of running answers
// (the range may be empty then); of a queue of one's own anything.
export interface ResyncEvent {
  type: 'resync';
  from_seq: number;
  to_seq: number;
  generations?: true;
}

// One event of an answer that is being written.
export type AnswerEvent =
  | { type: 'state'; state: GenerationState; queue_position?: number }
  | { type: 'delta'; delta: string }
  // All text so far was thought aloud: it is gone.
  | { type: 'reset' }
  | { type: 'notice'; code: string; message: string; dropped: number }
  | { type: 'usage'; inputTokens: number; outputTokens: number }
  | { type: 'error'; code: string; message: string }
  | { type: 'done' }
  // In place of the events so far, for who comes later.
  | { type: 'snapshot'; state: GenerationState; text: string; queue_position: number | null };

// Whose answer it is: the first event says all of it, a snapshot who asked and the model.
export interface AnswerOrigin {
  user_id?: string;
  model?: string;
  prompt_message_id?: string | null;
}

export interface GenerationEvent extends AnswerOrigin {
  type: 'generation';
  generationId: string;
  event_id: number;
  event: AnswerEvent;
}

export type ChatEvent =
  | { type: 'message'; message: Message }
  | { type: 'message_edited'; message: Message }
  | { type: 'message_deleted'; message: Message }
  | { type: 'typing'; user_id: string }
  | { type: 'read'; user_id: string; seq: number }
  | { type: 'member_added'; user_id: string }
  | { type: 'member_removed'; user_id: string }
  | GenerationEvent
  | ResyncEvent;

export type ChatsEvent =
  | { type: 'chat_added'; chat: Chat }
  | { type: 'chat_changed'; chat: Chat }
  | { type: 'chat_removed'; chat_id: string }
  | { type: 'user_changed'; user: PublicUser }
  // `last_message` is left out where it did not change.
  | { type: 'unread'; chat_id: string; last_seq: number; unread: number; mentions: number; last_message?: Message }
  | { type: 'read'; chat_id: string; seq: number; unread: number; mentions: number }
  | ResyncEvent;

export type PresenceEvent = ({ type: 'presence' } & Presence) | ResyncEvent;

export type SessionEvent = { type: 'token_expiring'; expires_at: string } | { type: 'session_ended' } | ResyncEvent;

// By destination. One that ends in a slash is of many subjects, each named by its id after the slash.
export interface Feeds {
  '/topic/chats/': ChatEvent;
  '/user/queue/chats': ChatsEvent;
  '/user/queue/presence': PresenceEvent;
  '/user/queue/session': SessionEvent;
}

export const chatFeed = '/topic/chats/';
export const chatsQueue = '/user/queue/chats';
export const presenceQueue = '/user/queue/presence';
export const sessionQueue = '/user/queue/session';

export const chatDestination = (chatId: string): string => `${chatFeed}${chatId}`;

import type { Message, Presence } from '@/api/contracts.gen';
import { chatOfDestination, chatsQueue, presenceQueue, type LiveEvent } from '@/api/events';
import { keys, queryClient } from '@/api/query-client';
import { announce, showToast } from '@/components/notices';
import { answers } from '@/features/assistant/state/answers';
import { endSession, useSession } from '@/features/auth/state/session';
import { outboxArrived } from '@/features/composer/state/outbox-store';
import { chatStrings } from '@/i18n/chat';
import { messagesStrings } from '@/i18n/messages';
import { nameOf } from '@/lib/names';
import { previewOf } from '@/lib/preview';
import {
  cachedChat, cachedWindow, changeWindow, dropChat, noteChangedMessage, noteMemberRead, noteMessage, noteRead, patchChat,
  refetchChat, upsertChat,
} from './chat-cache';
import { fillGap, refreshTail } from './history';
import { applyLive, isAttached, raiseHead, replaceMessage } from './message-window';
import { noteUser } from './people-cache';
import { isReading, openChatId } from './reading';
import { showTyping, stopTyping } from './typing-store';

// Turns live events into changes of the caches.

const meId = (): string => useSession.getState().user?.id ?? '';

export function onLiveEvent(destination: string, event: LiveEvent): void {
  const chatId = chatOfDestination(destination);
  if (chatId) onChatEvent(chatId, event);
  else if (event.type === 'resync') readQueueAgain(destination);
  else onQueueEvent(event);
}

// Events of a queue of one's own were left out. Only what that queue tells of is read again.
function readQueueAgain(destination: string): void {
  if (destination === presenceQueue) void queryClient.invalidateQueries({ queryKey: keys.presenceOf });
  if (destination === chatsQueue) void queryClient.invalidateQueries({ queryKey: keys.chats });
}

function onChatEvent(chatId: string, event: LiveEvent): void {
  switch (event.type) {
    case 'message':
      return onMessage(chatId, event.message);
    case 'message_edited':
    case 'message_deleted':
      changeWindow(chatId, (window) => replaceMessage(window, event.message));
      return noteChangedMessage(event.message);
    case 'typing':
      if (event.user_id !== meId()) showTyping(chatId, event.user_id);
      return;
    case 'read':
      if (event.seq === undefined || !event.user_id) return;
      if (event.user_id === meId()) noteRead(chatId, event.seq, event.unread);
      return noteMemberRead(chatId, event.user_id, event.seq);
    case 'member_added':
    case 'member_removed':
      if (event.type === 'member_removed' && event.user_id === meId()) return onRemoved(chatId);
      void queryClient.invalidateQueries({ queryKey: keys.members(chatId) });
      return refetchChat(chatId);
    case 'generation':
      return answers.receive(chatId, event);
    case 'resync':
      if (event.generations) answers.recheck(chatId);
      return onResync(chatId, event.from_seq, event.to_seq);
    default:
      return onQueueEvent(event);
  }
}

// The server dropped events for this reader. `from` is 1 when changes of known messages were among them: what is
// loaded is read again then, and what is missing below it.
function onResync(chatId: string, from: number, to: number): void {
  const window = cachedWindow(chatId);
  if (!window) return;
  const below = isAttached(window);
  changeWindow(chatId, (now) => raiseHead(now, to));
  const range = { from: Math.max(from, window.firstSeq), to: below ? to : Math.min(to, window.lastSeq) };
  if (range.from <= range.to) fillGap(chatId, range).catch(() => undefined);
}

function onMessage(chatId: string, message: Message): void {
  const window = cachedWindow(chatId);
  if (window) {
    const applied = applyLive(window, message);
    queryClient.setQueryData(keys.messages(chatId), applied.window);
    if (applied.gap) fillGap(chatId, applied.gap).catch(() => undefined);
  }
  // A followed answer was read out while it came.
  const isKnownAnswer = message.generationId !== null && answers.current(message.generationId) !== undefined;
  answers.settled(message);
  const isNew = (message.seq ?? 0) > (cachedChat(chatId)?.last_seq ?? 0);
  noteMessage(message);
  stopTyping(chatId, message.sender.id);
  if (message.sender.id === meId()) {
    // Writing is reading: the server moves the writer's marker without saying so.
    if (message.seq !== null) noteRead(chatId, message.seq, 0);
    return outboxArrived([message.client_id]);
  }
  if (isNew && !isKnownAnswer && openChatId() === chatId) {
    announce(messagesStrings.announced(nameOf(message.sender), previewOf(message)));
  }
}

function onQueueEvent(event: LiveEvent): void {
  switch (event.type) {
    case 'chat_added':
    case 'chat_changed':
      if (event.chat && event.chat.me) return upsertChat(event.chat);
      return refetchIfNamed(event.chat?.id ?? event.chat_id);
    case 'chat_removed':
      return onRemoved(event.chat_id ?? event.chat?.id ?? '');
    case 'user_changed':
      return noteUser(event.user);
    case 'unread':
      return onUnread(event);
    case 'read':
      if (event.chat_id) noteRead(event.chat_id, event.seq ?? event.read_seq ?? 0, event.unread);
      return;
    case 'presence':
      return onPresence({ user_id: event.user_id, state: event.state, last_seen_at: event.last_seen_at ?? null });
    case 'session_ended':
      return endSession(true);
    default:
      return;
  }
}

function refetchIfNamed(chatId: string | undefined): void {
  if (chatId) refetchChat(chatId);
}

function onRemoved(chatId: string): void {
  const chat = cachedChat(chatId);
  if (!chat) return;
  dropChat(chatId);
  if (openChatId() === chatId) showToast(chatStrings.gone(chat.title));
}

function onUnread(event: Extract<LiveEvent, { type: 'unread' }>): void {
  const chat = cachedChat(event.chat_id);
  if (!chat) return refetchChat(event.chat_id);
  const unread = isReading(event.chat_id) ? 0 : event.unread;
  patchChat(event.chat_id, (known) => ({
    ...known,
    last_seq: Math.max(known.last_seq, event.last_seq),
    me: known.me && { ...known.me, unread },
  }));
  if (event.last_message) noteMessage(event.last_message);
}

export function onPresence(presence: Presence): void {
  queryClient.setQueryData<Record<string, Presence>>(keys.presence, (known) => ({
    ...known,
    [presence.user_id]: presence,
  }));
}

// After each (re)connection what happened meanwhile and is not replayed is read again: not before the queue tells of what
// happens after that.
export function onFollowed(destination: string): void {
  readQueueAgain(destination);
}

// What is not told of by a queue is read at once.
export function onOpen(): void {
  const open = openChatId();
  if (!open) return;
  void queryClient.invalidateQueries({ queryKey: keys.members(open) });
  answers.recheck(open);
  refreshTail(open).catch(() => undefined);
}

export function onRefused(destination: string): void {
  if (chatOfDestination(destination)) void queryClient.invalidateQueries({ queryKey: keys.chats });
}

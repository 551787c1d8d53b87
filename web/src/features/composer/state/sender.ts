import { postMessage } from '@/api/chats';
import { isTransient } from '@/api/client';
import { chatFeed } from '@/api/contracts.gen';
import { startGeneration } from '@/api/generations';
import { noteStarted } from '@/features/assistant/entry';
import { useSession } from '@/features/auth/entry';
import { cachedWindow, catchUp, openChatId } from '@/features/chat/entry';
import { errorsStrings } from '@/i18n/errors';
import { errorText } from '@/lib/errors';
import { makeClientId } from '@/lib/ids';
import { chatDestination } from '@/realtime/destinations';
import { live, liveEvents } from '@/realtime/live';
import { SendError } from '@/realtime/realtime';
import { nextToSend, type OutboxEntry } from './outbox';
import { dispatchOutbox, outboxArrived, outboxStore } from './outbox-store';

// Takes messages out of the outbox: over the live connection, or by POST when that stays away.

const postAfterMilliseconds = 3_000;
const pauseMilliseconds = 4_000;
const transientCodes = ['rate.limited', 'upstream.unavailable', 'upstream.timeout', 'auth.token_expired', 'auth.invalid_token'];
const arrivalMilliseconds = 5_000;
const mostLookedAt = 200;
let pausedUntil = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

// `asks` makes it a question to the chat's assistant.
export function sendMessage(chatId: string, text: string, replyTo: string | null, asks = false): void {
  const entry = { clientId: makeClientId(), chatId, text, replyTo, asks, createdAt: new Date().toISOString() };
  dispatchOutbox({ type: 'added', entry });
}

export function retryMessage(clientId: string): void {
  pausedUntil = 0;
  dispatchOutbox({ type: 'retried', clientId });
}

export function discardMessage(clientId: string): void {
  dispatchOutbox({ type: 'discarded', clientId });
}

// Whether a message may go by POST: the network is there, but the live connection stays away.
function mayPost(): boolean {
  const { connection } = live.store.getState();
  if (connection.phase !== 'waiting' && connection.phase !== 'connecting') return false;
  return connection.downSince !== null && Date.now() - connection.downSince > postAfterMilliseconds;
}

function pump(): void {
  clearTimeout(timer);
  const entry = nextToSend(outboxStore.getState().entries);
  if (!entry) return;
  const wait = pausedUntil - Date.now();
  if (wait > 0 || (!live.isOpen() && !mayPost())) {
    timer = setTimeout(pump, Math.max(wait, 1_000));
    return;
  }
  dispatchOutbox({ type: 'sending', clientId: entry.clientId });
  void deliver(entry).catch((error: unknown) => onFailure(entry, error));
}

async function deliver(entry: OutboxEntry): Promise<void> {
  const body = { client_id: entry.clientId, text: entry.text, reply_to: entry.replyTo };
  if (entry.asks) {
    await ask(entry);
  } else if (live.isOpen()) {
    await live.send(`/app/chats/${entry.chatId}/messages`, body);
  } else {
    const message = await postMessage(entry.chatId, body);
    if (message.seq !== null) liveEvents.receive(chatDestination(entry.chatId), { type: 'message', message });
  }
  dispatchOutbox({ type: 'acknowledged', clientId: entry.clientId });
  setTimeout(() => lookFor(entry), arrivalMilliseconds);
  if (openChatId() !== entry.chatId) dispatchOutbox({ type: 'discarded', clientId: entry.clientId });
}

async function ask({ chatId, clientId, text }: OutboxEntry): Promise<void> {
  const reply = await startGeneration(chatId, { client_id: clientId, prompt: text });
  noteStarted(chatId, reply);
  const { message } = reply;
  if (message && message.seq !== null) liveEvents.receive(chatDestination(chatId), { type: 'message', message });
}

// A receipt without the message itself: it is fetched rather than left faint.
function lookFor({ clientId, chatId }: OutboxEntry): void {
  const isHere = outboxStore.getState().entries.some((entry) => entry.clientId === clientId);
  if (!isHere || openChatId() !== chatId) return;
  catchUp(chatId).then(
    () => outboxArrived((cachedWindow(chatId)?.items ?? []).slice(-mostLookedAt).map((message) => message.client_id)),
    () => undefined,
  );
}

function onFailure(entry: OutboxEntry, error: unknown): void {
  const { clientId } = entry;
  if (error instanceof SendError) {
    if (!error.refused || transientCodes.includes(error.code)) {
      if (error.refused) pausedUntil = Date.now() + pauseMilliseconds;
      return dispatchOutbox({ type: 'interrupted', clientId });
    }
    const reason = errorsStrings.byCode[error.code] ?? (error.message || errorsStrings.unexpected);
    return dispatchOutbox({ type: 'failed', clientId, reason });
  }
  if (isTransient(error)) {
    pausedUntil = Date.now() + pauseMilliseconds;
    return dispatchOutbox({ type: 'interrupted', clientId });
  }
  dispatchOutbox({ type: 'failed', clientId, reason: errorText(error) });
}

export function startSender(): () => void {
  const arrived = liveEvents.on(chatFeed, {
    events: {
      message: ({ message }) => {
        if (message.sender.id === useSession.getState().user?.id) outboxArrived([message.client_id]);
      },
    },
  });
  const stops = [arrived, outboxStore.subscribe(pump), live.store.subscribe(pump)];
  pump();
  return () => {
    clearTimeout(timer);
    for (const stop of stops) stop();
  };
}

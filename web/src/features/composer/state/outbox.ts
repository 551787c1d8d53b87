// Messages on their way: a pure list, so that every step can be tested. sender.ts drives it.

export type OutboxState = 'waiting' | 'sending' | 'acknowledged' | 'failed';

export interface OutboxEntry {
  clientId: string;
  chatId: string;
  text: string;
  replyTo: string | null;
  createdAt: string;
  // A question to the chat's assistant: sending it starts the answer.
  asks?: boolean;
  state: OutboxState;
  // Why it failed, for people; null otherwise.
  reason: string | null;
}

export type OutboxEvent =
  | { type: 'added'; entry: Omit<OutboxEntry, 'state' | 'reason'> }
  | { type: 'sending'; clientId: string }
  | { type: 'acknowledged'; clientId: string }
  | { type: 'arrived'; clientIds: readonly string[] }
  | { type: 'interrupted'; clientId: string }
  | { type: 'failed'; clientId: string; reason: string }
  | { type: 'retried'; clientId: string }
  | { type: 'discarded'; clientId: string }
  | { type: 'chat_closed'; chatId: string };

function change(list: OutboxEntry[], clientId: string, to: Partial<OutboxEntry>): OutboxEntry[] {
  return list.map((entry) => (entry.clientId === clientId ? { ...entry, ...to } : entry));
}

export function reduceOutbox(list: OutboxEntry[], event: OutboxEvent): OutboxEntry[] {
  switch (event.type) {
    case 'added':
      if (list.some((entry) => entry.clientId === event.entry.clientId)) return list;
      return [...list, { ...event.entry, state: 'waiting', reason: null }];
    case 'sending':
      return change(list, event.clientId, { state: 'sending', reason: null });
    case 'acknowledged':
      return change(list, event.clientId, { state: 'acknowledged', reason: null });
    case 'interrupted':
      // Nobody knows whether it arrived; the client_id makes sending it again harmless.
      return change(list, event.clientId, { state: 'waiting', reason: null });
    case 'failed':
      return change(list, event.clientId, { state: 'failed', reason: event.reason });
    case 'retried':
      return change(list, event.clientId, { state: 'waiting', reason: null });
    case 'discarded':
      return list.filter((entry) => entry.clientId !== event.clientId);
    case 'arrived':
      return list.filter((entry) => !event.clientIds.includes(entry.clientId));
    case 'chat_closed':
      return list.filter((entry) => entry.chatId !== event.chatId || entry.state !== 'acknowledged');
  }
}

// The next one to send. One at a time in each chat, so that order is kept; a failed one blocks nothing.
export function nextToSend(list: readonly OutboxEntry[]): OutboxEntry | null {
  const busy = new Set(list.filter((entry) => entry.state === 'sending').map((entry) => entry.chatId));
  return list.find((entry) => entry.state === 'waiting' && !busy.has(entry.chatId)) ?? null;
}

// What must survive a reload. Acknowledged ones are stored by the server already.
export function toStored(list: readonly OutboxEntry[]): OutboxEntry[] {
  return list.filter((entry) => entry.state !== 'acknowledged');
}

// What was under way when the page closed is sent again.
export function fromStored(value: unknown): OutboxEntry[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isEntry).map((entry) => (entry.state === 'failed' ? entry : { ...entry, state: 'waiting' }));
}

function isEntry(value: unknown): value is OutboxEntry {
  const entry = value as Partial<OutboxEntry> | null;
  return typeof entry?.clientId === 'string' && typeof entry.chatId === 'string' && typeof entry.text === 'string';
}

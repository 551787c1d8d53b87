import { createStore } from 'zustand/vanilla';
import { fromStored, reduceOutbox, toStored, type OutboxEntry, type OutboxEvent } from './outbox';

// The outbox of this tab. Each entry has its own key in localStorage, so that two tabs never write over
// each other; a tab that opens takes over what is left, which client_id makes harmless.

export const outboxStore = createStore<{ userId: string | null; entries: OutboxEntry[] }>(() => ({
  userId: null,
  entries: [],
}));

const prefix = (userId: string) => `loquat.outbox.${userId}.`;

export function openOutbox(userId: string): void {
  const stored: unknown[] = [];
  for (let i = 0; i < localStorage.length; i += 1) {
    const key = localStorage.key(i);
    if (key?.startsWith(prefix(userId))) stored.push(parse(localStorage.getItem(key)));
  }
  const entries = fromStored(stored).sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  outboxStore.setState({ userId, entries });
}

function parse(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

export function dispatchOutbox(event: OutboxEvent): void {
  const { userId, entries } = outboxStore.getState();
  const next = reduceOutbox(entries, event);
  if (next === entries) return;
  outboxStore.setState({ entries: next });
  if (userId) store(userId, entries, next);
}

function store(userId: string, before: OutboxEntry[], after: OutboxEntry[]): void {
  const kept = new Map(toStored(after).map((entry) => [entry.clientId, entry]));
  try {
    for (const entry of before) {
      if (!kept.has(entry.clientId)) localStorage.removeItem(prefix(userId) + entry.clientId);
    }
    for (const entry of kept.values()) {
      if (!before.includes(entry)) localStorage.setItem(prefix(userId) + entry.clientId, JSON.stringify(entry));
    }
  } catch {
    // A full store must not stop the sending itself.
  }
}

export function outboxArrived(clientIds: readonly string[]): void {
  const waiting = outboxStore.getState().entries.some((entry) => clientIds.includes(entry.clientId));
  if (waiting) dispatchOutbox({ type: 'arrived', clientIds });
}

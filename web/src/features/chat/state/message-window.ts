import type { Message, MessagePage } from '@/api/contracts.gen';

// The loaded part of a chat: messages without a hole from `firstSeq` to `lastSeq`. It is attached when it
// reaches the chat's newest message; reading far above it is detached and live messages only move `headSeq`.
export interface MessageWindow {
  items: Message[];
  firstSeq: number;
  lastSeq: number;
  headSeq: number;
  // Live messages that came after a hole; they join when the hole is filled.
  ahead: Message[];
}

export interface SeqRange {
  from: number;
  to: number;
}

export const isAttached = (window: MessageWindow): boolean => window.lastSeq >= window.headSeq;
export const hasOlder = (window: MessageWindow): boolean => window.firstSeq > 1;

const seqOf = (message: Message): number => message.seq ?? 0;

export function fromPage(page: MessagePage): MessageWindow {
  const items = page.items.filter((message) => message.seq !== null);
  const head = Math.max(page.head_seq, seqOf(items[items.length - 1] ?? ({ seq: 0 } as Message)));
  if (items.length === 0) return { items, firstSeq: head + 1, lastSeq: head, headSeq: head, ahead: [] };
  const first = items[0] as Message;
  const last = items[items.length - 1] as Message;
  return { items, firstSeq: seqOf(first), lastSeq: seqOf(last), headSeq: head, ahead: [] };
}

// Joins fetched messages that touch or overlap the window; others are left out, for a hole must not hide.
export function mergePage(window: MessageWindow, page: MessagePage): MessageWindow {
  const bySeq = new Map<number, Message>();
  for (const message of window.items) bySeq.set(seqOf(message), message);
  for (const message of page.items) {
    const known = bySeq.get(seqOf(message));
    if (message.seq !== null) bySeq.set(message.seq, known ? newerOf(known, message) : message);
  }
  const headSeq = Math.max(window.headSeq, page.head_seq);
  return drainAhead({ ...contiguous(bySeq, window), headSeq, ahead: window.ahead });
}

// A page may have been read before an edit or deletion that is already known here.
function newerOf(known: Message, fetched: Message): Message {
  if (known.deleted_at && !fetched.deleted_at) return known;
  if ((known.edited_at ?? '') > (fetched.edited_at ?? '') && !fetched.deleted_at) return known;
  return fetched;
}

function contiguous(bySeq: Map<number, Message>, window: MessageWindow) {
  let { firstSeq, lastSeq } = window;
  while (bySeq.has(firstSeq - 1)) firstSeq -= 1;
  while (bySeq.has(lastSeq + 1)) lastSeq += 1;
  const items: Message[] = [];
  for (let seq = firstSeq; seq <= lastSeq; seq += 1) {
    const message = bySeq.get(seq);
    if (message) items.push(message);
  }
  return { items, firstSeq, lastSeq };
}

function drainAhead(window: MessageWindow): MessageWindow {
  if (window.ahead.length === 0) return window;
  const items = [...window.items];
  let { lastSeq } = window;
  const rest: Message[] = [];
  for (const message of window.ahead) {
    if (seqOf(message) <= lastSeq) continue;
    if (seqOf(message) === lastSeq + 1) {
      items.push(message);
      lastSeq += 1;
    } else {
      rest.push(message);
    }
  }
  return { ...window, items, lastSeq, headSeq: Math.max(window.headSeq, lastSeq), ahead: rest };
}

export interface Applied {
  window: MessageWindow;
  // The messages that are missing before the one that came; null when there is no hole.
  gap: SeqRange | null;
}

// Takes a live message: appends it, drops a double, or keeps it aside and says which range is missing.
export function applyLive(window: MessageWindow, message: Message): Applied {
  const seq = seqOf(message);
  if (seq === 0) return { window, gap: null };
  if (seq <= window.lastSeq) return { window: replaceMessage(window, message), gap: null };
  if (!isAttached(window)) {
    return { window: { ...window, headSeq: Math.max(window.headSeq, seq) }, gap: null };
  }
  if (seq === window.lastSeq + 1) {
    const next = { ...window, items: [...window.items, message], lastSeq: seq, headSeq: Math.max(window.headSeq, seq) };
    return { window: drainAhead(next), gap: null };
  }
  const known = window.ahead.some((other) => other.seq === seq);
  const ahead = known ? window.ahead : [...window.ahead, message].sort((a, b) => seqOf(a) - seqOf(b));
  const firstAhead = seqOf(ahead[0] ?? message);
  return { window: { ...window, ahead }, gap: { from: window.lastSeq + 1, to: firstAhead - 1 } };
}

// An edit, a deletion or a double: the seq stays where it is.
export function replaceMessage(window: MessageWindow, message: Message): MessageWindow {
  const index = window.items.findIndex((other) => other.seq === message.seq);
  if (index < 0) return window;
  const known = window.items[index] as Message;
  const items = [...window.items];
  items[index] = newerOf(known, message);
  return { ...window, items };
}

// Raises the head when the server says that more exists than came.
export function raiseHead(window: MessageWindow, headSeq: number): MessageWindow {
  return headSeq > window.headSeq ? { ...window, headSeq } : window;
}

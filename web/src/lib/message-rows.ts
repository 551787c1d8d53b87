import type { Message } from '@/api/contracts.gen';
import type { OutboxEntry } from './outbox';
import { dayNumber } from './time';

// One line of the list: a stored message or one on its way, with what stands above it.
export interface MessageRow {
  key: string;
  message: Message | null;
  pending: OutboxEntry | null;
  // A new sender, or the same after five minutes: shows name and picture.
  head: boolean;
  // The first message of a calendar day.
  startsDay: boolean;
  // The first message that had not been read when the chat was opened.
  startsNew: boolean;
}

const groupMilliseconds = 5 * 60_000;

interface Previous {
  senderId: string;
  time: number;
  day: number;
  breaks: boolean;
}

export interface RowsInput {
  messages: readonly Message[];
  outbox: readonly OutboxEntry[];
  meId: string;
  // The last read seq when the chat was opened; null shows no line.
  newAfterSeq: number | null;
}

export function buildRows({ messages, outbox, meId, newAfterSeq }: RowsInput): MessageRow[] {
  const rows: MessageRow[] = [];
  const mine = new Set<string>();
  let previous: Previous | null = null;
  let marked = newAfterSeq === null;
  for (const message of messages) {
    const own = message.sender.id === meId;
    if (own) mine.add(message.client_id);
    const startsNew = !marked && !own && (message.seq ?? 0) > (newAfterSeq ?? 0);
    marked = marked || startsNew;
    const row = place(previous, message.sender.id, message.created_at, startsNew, message.sender.kind === 'system');
    // The key of an own message is its client id, so that it stays the same line when the receipt comes.
    const key = own && message.client_id ? message.client_id : message.id;
    rows.push({ key, message, pending: null, startsNew, head: row.head || message.reply_to !== null, startsDay: row.startsDay });
    previous = row.previous;
  }
  for (const entry of outbox) {
    if (mine.has(entry.clientId)) continue;
    const row = place(previous, meId, entry.createdAt, false, false);
    rows.push({
      key: entry.clientId, message: null, pending: entry, startsNew: false,
      head: row.head || entry.replyTo !== null, startsDay: row.startsDay,
    });
    previous = row.previous;
  }
  return rows;
}

function place(previous: Previous | null, senderId: string, iso: string, startsNew: boolean, breaks: boolean) {
  const date = new Date(iso);
  const day = dayNumber(date);
  const time = date.getTime();
  const startsDay = previous === null || previous.day !== day;
  const near = previous !== null && previous.senderId === senderId && time - previous.time <= groupMilliseconds;
  const head = startsDay || startsNew || !near || breaks || (previous?.breaks ?? true);
  return { startsDay, head, previous: { senderId, time, day, breaks } };
}

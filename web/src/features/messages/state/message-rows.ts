import type { Message } from '@/api/contracts.gen';
import type { AnswerPlace } from '@/features/assistant/entry';
import type { OutboxEntry } from '@/features/composer/entry';
import { dayNumber } from '@/lib/time';

// One line of the list: a stored message, one on its way, or an answer that is no message yet; with what stands above it.
export interface MessageRow {
  key: string;
  message: Message | null;
  pending: OutboxEntry | null;
  // The generation of an assistant's answer, written or being written.
  answerId: string | null;
  createdAt: string;
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
  answers?: readonly AnswerPlace[];
  // Earlier messages are not loaded. What stands above the first one is not known then: it is not drawn before it is, for
  // its row would change when they come.
  cut?: boolean;
}

export function buildRows({ messages, outbox, meId, newAfterSeq, answers = [], cut = false }: RowsInput): MessageRow[] {
  const rows: MessageRow[] = [];
  const mine = new Set<string>();
  const open = openAnswers(messages, answers);
  let previous: Previous | null = null;
  let marked = newAfterSeq === null;
  const addAnswer = ({ id, createdAt }: AnswerPlace) => {
    const row = place(previous, assistant, createdAt, false, false);
    rows.push({ key: id, message: null, pending: null, answerId: id, createdAt, startsNew: false, head: true, startsDay: row.startsDay });
    previous = row.previous;
  };
  for (const message of messages) {
    const own = message.sender.id === meId;
    if (own) mine.add(message.client_id);
    const startsNew = !marked && !own && (message.seq ?? 0) > (newAfterSeq ?? 0);
    marked = marked || startsNew;
    const isAnswer = message.sender.kind === 'assistant';
    const row = place(previous, isAnswer ? assistant : message.sender.id, message.created_at, startsNew, message.sender.kind === 'system');
    const isContext = cut && message === messages[0] && messages.length > 1;
    if (!isContext) rows.push({
      key: keyOf(message, own), message, pending: null, answerId: isAnswer ? message.generationId : null, createdAt: message.created_at,
      startsNew, head: row.head || isAnswer || message.reply_to !== null, startsDay: row.startsDay,
    });
    previous = row.previous;
    open.ended.get(message.seq ?? 0)?.forEach(addAnswer);
  }
  for (const entry of outbox) {
    if (mine.has(entry.clientId)) continue;
    const row = place(previous, meId, entry.createdAt, false, false);
    rows.push({
      key: entry.clientId, message: null, pending: entry, answerId: null, createdAt: entry.createdAt, startsNew: false,
      head: row.head || entry.replyTo !== null, startsDay: row.startsDay,
    });
    previous = row.previous;
  }
  open.running.forEach(addAnswer);
  return rows;
}

const assistant = 'assistant';

// The key of an own message is its client id and that of an answer its generation, so that each stays the same
// line when what was on its way becomes a message.
function keyOf(message: Message, own: boolean): string {
  if (message.sender.kind === 'assistant' && message.generationId) return message.generationId;
  return own && message.client_id ? message.client_id : message.id;
}

// The answers that are no message yet: those that run stand at the end, those that ended where they did.
function openAnswers(messages: readonly Message[], answers: readonly AnswerPlace[]) {
  const stored = new Set(messages.map((message) => message.generationId));
  const firstSeq = messages[0]?.seq ?? 0;
  const lastSeq = messages[messages.length - 1]?.seq ?? 0;
  const ended = new Map<number, AnswerPlace[]>();
  const running: AnswerPlace[] = [];
  for (const [index, answer] of answers.entries()) {
    if (stored.has(answer.id) || (answer.seq !== null && answer.seq <= lastSeq)) continue;
    if (answer.afterSeq === null) running.push(answer);
    // One that came to nothing gives way to the next try.
    if (answer.afterSeq === null || answers.slice(index + 1).some((later) => later.promptId !== null && later.promptId === answer.promptId)) continue;
    const prompt = messages.find((message) => message.id === answer.promptId)?.seq ?? 0;
    const after = Math.max(answer.afterSeq, prompt);
    if (after > lastSeq) running.push(answer);
    else if (after >= firstSeq) ended.set(after, [...(ended.get(after) ?? []), answer]);
  }
  return { ended, running };
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

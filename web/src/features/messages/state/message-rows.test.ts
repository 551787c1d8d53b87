import { describe, expect, it } from 'vitest';
import type { AnswerPlace } from '@/features/assistant/entry';
import type { OutboxEntry } from '@/features/composer/entry';
import { cpuMilliseconds } from '@/testing/cpu';
import { message } from '@/testing/messages';
import { buildRows, type RowsInput } from './message-rows';

const tom = { id: 'tom', username: 'tom', display_name: 'Tom', kind: 'person' as const };
const at = (minute: number, day = 1) => new Date(2026, 5, day, 12, minute).toISOString();
const waiting = (clientId: string): OutboxEntry => ({
  clientId, chatId: 'chat', text: 'mine', replyTo: null, createdAt: at(20), state: 'waiting', reason: null,
});

describe('rows', () => {
  it('of one sender within five minutes stand under one name', () => {
    const messages = [0, 4, 8, 14].map((minute, index) => message(index + 1, { created_at: at(minute) }));

    const rows = buildRows({ messages, outbox: [], meId: 'me', newAfterSeq: null });

    expect(rows.map((row) => row.head)).toEqual([true, false, false, true]);
  });

  it('of another sender start anew', () => {
    const messages = [message(1, { created_at: at(0) }), message(2, { created_at: at(1), sender: tom })];

    expect(buildRows({ messages, outbox: [], meId: 'me', newAfterSeq: null })[1]?.head).toBe(true);
  });

  it('that answer another message show their sender', () => {
    const messages = [message(1, { created_at: at(0) }), message(2, { created_at: at(1), reply_to: 'id-1' })];

    expect(buildRows({ messages, outbox: [], meId: 'me', newAfterSeq: null })[1]?.head).toBe(true);
  });

  it('start a day at each calendar day', () => {
    const messages = [message(1, { created_at: at(0) }), message(2, { created_at: at(1) }), message(3, { created_at: at(2, 2) })];

    const rows = buildRows({ messages, outbox: [], meId: 'me', newAfterSeq: null });

    expect(rows.map((row) => row.startsDay)).toEqual([true, false, true]);
  });

  it('mark the first unread message of somebody else, once', () => {
    const messages = [1, 2, 3, 4].map((seq) => message(seq, seq === 2 ? { sender: { ...tom, id: 'me' } } : {}));

    const rows = buildRows({ messages, outbox: [], meId: 'me', newAfterSeq: 1 });

    expect(rows.map((row) => row.startsNew)).toEqual([false, false, true, false]);
  });

  it('show what is on its way at the end', () => {
    const rows = buildRows({ messages: [message(1)], outbox: [waiting('c')], meId: 'me', newAfterSeq: null });

    expect(rows[1]).toMatchObject({ key: 'c', message: null });
  });

  it('show an own message once, under the same key, when it has arrived', () => {
    const mine = message(2, { client_id: 'c', sender: { ...tom, id: 'me' } });

    const rows = buildRows({ messages: [message(1), mine], outbox: [waiting('c')], meId: 'me', newAfterSeq: null });

    expect(rows.map((row) => row.key)).toEqual(['id-1', 'c']);
  });

  it('are built for ten thousand messages within a frame or two', () => {
    const messages = Array.from({ length: 10_000 }, (_, index) => message(index + 1));

    const spent = cpuMilliseconds(() => buildRows({ messages, outbox: [], meId: 'me', newAfterSeq: null }));

    expect(spent).toBeLessThan(150);
  });
});

describe('answers', () => {
  const place = (change: Partial<AnswerPlace>): AnswerPlace => ({ id: 'g', createdAt: '2026-06-01T12:00:10.000Z', seq: null, afterSeq: null, promptId: null, ...change });
  const keysOf = (input: Partial<RowsInput>) => buildRows({ messages: [], outbox: [], meId: 'ada', newAfterSeq: null, ...input }).map((row) => row.key);
  const stored = message(3, { generationId: 'g', sender: { id: 'bot', username: 'assistant', display_name: 'M', kind: 'assistant' } });

  it('that run stand last, and keep their key when they become a message', () => {
    const before = keysOf({ messages: [message(1), message(2)], answers: [place({})] });
    const after = keysOf({ messages: [message(1), message(2), stored], answers: [place({ seq: 3 })] });

    expect(before).toEqual(['client-1', 'client-2', 'g']);
    expect(after).toEqual(before);
  });

  it('show once when the message is there first', () => {
    expect(keysOf({ messages: [message(1), message(2), stored], answers: [place({})] })).toEqual(['client-1', 'client-2', 'g']);
  });

  it('that came to nothing stay after what they answer', () => {
    const answers = [place({ afterSeq: 1, promptId: 'id-2' })];

    expect(keysOf({ messages: [message(1), message(2), message(3)], answers })).toEqual(['client-1', 'client-2', 'g', 'client-3']);
  });

  it('that came to nothing give way to the next try', () => {
    const answers = [place({ afterSeq: 2, promptId: 'id-2' }), place({ id: 'h', promptId: 'id-2' })];

    expect(keysOf({ messages: [message(1), message(2)], answers })).toEqual(['client-1', 'client-2', 'h']);
  });

  it('of a part of the chat that is not loaded do not show', () => {
    expect(keysOf({ messages: [message(8), message(9)], answers: [place({ seq: 3 }), place({ id: 'h', afterSeq: 4 })] })).toEqual(['client-8', 'client-9']);
  });
});

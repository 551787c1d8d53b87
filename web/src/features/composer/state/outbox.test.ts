import { describe, expect, it } from 'vitest';
import { fromStored, nextToSend, reduceOutbox, toStored, type OutboxEntry, type OutboxEvent } from './outbox';

const entry = (clientId: string, chatId = 'a') => ({ clientId, chatId, text: clientId, replyTo: null, createdAt: '2026-06-01T00:00:00.000Z' });
const after = (...events: OutboxEvent[]): OutboxEntry[] => events.reduce(reduceOutbox, [] as OutboxEntry[]);
const added = (clientId: string, chatId?: string): OutboxEvent => ({ type: 'added', entry: entry(clientId, chatId) });

describe('the outbox', () => {
  it('takes a message once', () => {
    expect(after(added('1'), added('1'))).toHaveLength(1);
  });

  it('sends one at a time in each chat', () => {
    const list = after(added('1'), added('2'), added('3', 'b'), { type: 'sending', clientId: '1' });

    expect(nextToSend(list)?.clientId).toBe('3');
  });

  it('sends again what was interrupted, with the same id', () => {
    const list = after(added('1'), { type: 'sending', clientId: '1' }, { type: 'interrupted', clientId: '1' });

    expect(nextToSend(list)?.clientId).toBe('1');
  });

  it('keeps a failed message with its reason, and goes on with the next', () => {
    const list = after(added('1'), added('2'), { type: 'sending', clientId: '1' }, { type: 'failed', clientId: '1', reason: 'too long' });

    expect(list[0]).toMatchObject({ state: 'failed', reason: 'too long' });
    expect(nextToSend(list)?.clientId).toBe('2');
  });

  it('sends a failed message again when asked to', () => {
    const list = after(added('1'), { type: 'failed', clientId: '1', reason: 'x' }, { type: 'retried', clientId: '1' });

    expect(nextToSend(list)).toMatchObject({ clientId: '1', reason: null });
  });

  it('lets go of what has arrived', () => {
    expect(after(added('1'), added('2'), { type: 'arrived', clientIds: ['1'] }).map((one) => one.clientId)).toEqual(['2']);
  });

  it('keeps a receipt that comes before the message from sending twice', () => {
    expect(nextToSend(after(added('1'), { type: 'acknowledged', clientId: '1' }))).toBeNull();
  });

  it('forgets acknowledged messages of a chat that is closed, and nothing else', () => {
    const list = after(added('1'), added('2'), { type: 'acknowledged', clientId: '1' }, { type: 'chat_closed', chatId: 'a' });

    expect(list.map((one) => one.clientId)).toEqual(['2']);
  });

  it('comes back from storage ready to send, failed ones as they were', () => {
    const list = after(added('1'), added('2'), added('3'), { type: 'sending', clientId: '1' }, { type: 'failed', clientId: '2', reason: 'x' }, { type: 'acknowledged', clientId: '3' });

    const back = fromStored(JSON.parse(JSON.stringify(toStored(list))));

    expect(back.map((one) => [one.clientId, one.state])).toEqual([['1', 'waiting'], ['2', 'failed']]);
  });

  it('ignores what is no message in storage', () => {
    expect(fromStored([null, 3, { clientId: 1 }])).toEqual([]);
    expect(fromStored('x')).toEqual([]);
  });
});

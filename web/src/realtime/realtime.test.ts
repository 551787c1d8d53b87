import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveEvent } from './event-table';
import { FakeClient } from './fake-stomp';
import { createRealtime } from './realtime';

vi.mock('@stomp/stompjs', async () => ({ Client: (await import('./fake-stomp')).FakeClient }));

const room = '/topic/chats/room';

const tokens = () => vi.fn(async (renew: boolean): Promise<string | null> => (renew ? 'second' : 'first'));

function start(token = tokens()) {
  const options = {
    url: () => 'ws://here/ws',
    token,
    onEvent: vi.fn<(destination: string, event: LiveEvent) => void>(),
    onOpen: vi.fn(),
    onFollowed: vi.fn<(destination: string) => void>(),
    onRefused: vi.fn(),
  };
  const live = createRealtime(options);
  live.start();
  return { live, options };
}

// The newest client, once the token that it needs has come.
async function client(): Promise<FakeClient> {
  await vi.advanceTimersByTimeAsync(0);
  const newest = FakeClient.all.at(-1);
  if (!newest) throw new Error('nothing connects');
  return newest;
}

async function open() {
  const started = start();
  const stomp = await client();
  stomp.accept();
  return { ...started, stomp };
}

beforeEach(() => {
  FakeClient.all = [];
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('connecting', () => {
  it('carries the token and says when it stands', async () => {
    const { live, options } = start();
    const stomp = await client();
    expect(stomp.config.brokerURL).toBe('ws://here/ws');
    expect(stomp.config.connectHeaders.Authorization).toBe('Bearer first');
    expect(live.isOpen()).toBe(false);
    stomp.accept();
    expect(live.isOpen()).toBe(true);
    expect(options.onOpen).toHaveBeenCalledOnce();
  });

  it('says that a subscription is in force when the server says so, after each break', async () => {
    const { live, options, stomp } = await open();
    live.watch(room);
    expect(options.onFollowed).not.toHaveBeenCalled();
    stomp.confirm(stomp.subscriptions[0]?.headers.receipt);
    expect(options.onFollowed.mock.calls).toEqual([[room]]);

    stomp.close();
    await vi.advanceTimersByTimeAsync(60_000);
    const next = await client();
    next.accept();
    expect(options.onFollowed).toHaveBeenCalledOnce();
    next.confirm(next.subscriptions[0]?.headers.receipt);
    expect(options.onFollowed).toHaveBeenCalledTimes(2);
  });

  it('ends for good without a token', async () => {
    const { live } = start(tokens().mockResolvedValue(null));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(live.store.getState().connection.phase).toBe('stopped');
    expect(FakeClient.all).toHaveLength(0);
  });

  it('makes no client when it was stopped while the token was on its way', async () => {
    const { live } = start();
    live.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(FakeClient.all).toHaveLength(0);
  });

  it('ignores the late close of a client that it let go', async () => {
    const { live, stomp } = await open();
    live.stop();
    expect(stomp.active).toBe(false);
    live.start();
    (await client()).accept();
    stomp.close();
    expect(live.isOpen()).toBe(true);
  });
});

describe('subscribing', () => {
  it('asks for everything after the last seq, at first and after each break', async () => {
    let lastSeq: number | null = null;
    const { live, stomp } = await open();
    live.watch(room, () => lastSeq);
    expect(stomp.subscriptions[0]?.headers).not.toHaveProperty('last-seq');
    lastSeq = 41;
    stomp.close();
    await vi.advanceTimersByTimeAsync(1_000);
    const next = await client();
    expect(next).not.toBe(stomp);
    next.accept();
    expect(next.subscriptions.map(({ destination, headers }) => [destination, headers['last-seq']])).toEqual([[room, '41']]);
  });

  it('waits for the connection', async () => {
    const { live } = start();
    live.watch(room, () => 7);
    const stomp = await client();
    expect(stomp.subscriptions).toHaveLength(0);
    stomp.accept();
    expect(stomp.subscriptions[0]?.headers['last-seq']).toBe('7');
  });

  it('hands events on and passes over what is not JSON', async () => {
    const { live, stomp, options } = await open();
    live.watch(room);
    stomp.deliver(room, '{"type":"typing","user_id":"ada"}');
    stomp.deliver(room, 'oops');
    expect(options.onEvent.mock.calls).toEqual([[room, { type: 'typing', user_id: 'ada' }]]);
  });

  it('keeps one subscription of a destination that is watched again', async () => {
    const { live, stomp } = await open();
    const stopFirst = live.watch(room);
    live.watch(room);
    stopFirst();
    expect(stomp.subscriptions.map((subscription) => subscription.ended)).toEqual([true, false]);
  });
});

describe('a subscription that has ended', () => {
  it('is not asked for again when the watcher left', async () => {
    const { live, stomp } = await open();
    const stop = live.watch(room);
    stop();
    expect(stomp.subscriptions[0]?.ended).toBe(true);
    stomp.close();
    await vi.advanceTimersByTimeAsync(1_000);
    const next = await client();
    next.accept();
    expect(next.subscriptions).toHaveLength(0);
  });

  it('is not unsubscribed when the server ended it', async () => {
    const { live, stomp } = await open();
    const stop = live.watch(room);
    live.forget(room);
    stop();
    expect(stomp.subscriptions[0]?.ended).toBe(false);
  });

  it('is not tried again after a refusal, and the others are', async () => {
    const { live, stomp, options } = await open();
    live.watch(room);
    live.watch('/user/queue/chats');
    stomp.refuse({ code: 'chat.not_a_member', 'receipt-id': stomp.subscriptions[0]?.headers.receipt ?? '' });
    expect(options.onRefused).toHaveBeenCalledWith(room, 'chat.not_a_member');
    await vi.advanceTimersByTimeAsync(1_000);
    const next = await client();
    next.accept();
    expect(next.subscriptions.map(({ destination }) => destination)).toEqual(['/user/queue/chats']);
  });

  it('was accepted once its receipt came: a later refusal is not its own', async () => {
    const { live, stomp, options } = await open();
    live.watch(room);
    const receipt = stomp.subscriptions[0]?.headers.receipt;
    stomp.confirm(receipt);
    stomp.refuse({ code: 'frame.invalid', 'receipt-id': receipt ?? '' });
    expect(options.onRefused).not.toHaveBeenCalled();
  });
});

describe('the token', () => {
  it('is replaced over the open connection', async () => {
    const { live, stomp, options } = await open();
    live.watch('/user/queue/session');
    stomp.deliver('/user/queue/session', '{"type":"token_expiring"}');
    expect(options.onEvent).toHaveBeenCalledWith('/user/queue/session', { type: 'token_expiring' });
    const sent = live.send('/app/auth.refresh', { access_token: 'second' });
    const [frame] = stomp.published;
    expect(frame?.destination).toBe('/app/auth.refresh');
    expect(JSON.parse(frame?.body ?? '')).toEqual({ access_token: 'second' });
    stomp.confirm(frame?.headers.receipt);
    await expect(sent).resolves.toBeUndefined();
    expect(live.isOpen()).toBe(true);
    expect(FakeClient.all).toHaveLength(1);
  });

  it('is renewed at once when the server refuses it, and not hammered', async () => {
    const { options } = start();
    (await client()).refuse({ code: 'auth.token_expired' });
    const second = await client();
    expect(second.config.connectHeaders.Authorization).toBe('Bearer second');
    second.refuse({ code: 'auth.token_expired' });
    await vi.advanceTimersByTimeAsync(0);
    expect(FakeClient.all).toHaveLength(2);
    expect(options.token.mock.calls).toEqual([[false], [true]]);
  });
});

describe('backing off', () => {
  it('waits longer after each failed try and starts over once it stood', async () => {
    const { live } = start();
    const pauses: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      (await client()).close();
      const { connection } = live.store.getState();
      if (connection.phase !== 'waiting') throw new Error(connection.phase);
      pauses.push(connection.retryAt - Date.now());
      await vi.advanceTimersByTimeAsync(connection.retryAt - Date.now());
    }
    expect(pauses).toEqual([400, 800, 1_600, 3_200]);
    const stomp = await client();
    stomp.accept();
    stomp.close();
    const { connection } = live.store.getState();
    expect(connection.phase === 'waiting' && connection.retryAt - Date.now()).toBe(200);
  });

  it('waits as long as the server says', async () => {
    const { live, stomp } = await open();
    stomp.refuse({ code: 'rate.limited', 'retry-after': '7' });
    await vi.advanceTimersByTimeAsync(6_900);
    expect(FakeClient.all).toHaveLength(1);
    live.retryNow();
    await client();
    expect(FakeClient.all).toHaveLength(2);
  });

  it('tries again when no token could be had', async () => {
    const token = tokens().mockRejectedValueOnce(new Error('no answer'));
    start(token);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(token).toHaveBeenCalledTimes(2);
    expect(FakeClient.all).toHaveLength(1);
  });
});

describe('sending', () => {
  it('fails at once without a connection', async () => {
    const { live } = start();
    await expect(live.send('/app/x', {})).rejects.toMatchObject({ code: 'connection.lost', refused: false });
    expect(live.tell('/app/x', {})).toBe(false);
  });

  it('fails when the connection breaks before the receipt', async () => {
    const { live, stomp } = await open();
    const sent = live.send('/app/x', {});
    stomp.close();
    await expect(sent).rejects.toMatchObject({ code: 'connection.lost', refused: false });
  });

  it('fails with the code of a refusal', async () => {
    const { live, stomp } = await open();
    const sent = live.send('/app/x', {});
    stomp.refuse({ code: 'message.too_long', message: 'too long', 'receipt-id': stomp.published[0]?.headers.receipt ?? '' });
    await expect(sent).rejects.toMatchObject({ code: 'message.too_long', refused: true });
  });

  it('gives up on a receipt that does not come', async () => {
    const { live } = await open();
    const sent = live.send('/app/x', {});
    const failed = expect(sent).rejects.toMatchObject({ code: 'receipt.late' });
    await vi.advanceTimersByTimeAsync(15_000);
    await failed;
  });
});

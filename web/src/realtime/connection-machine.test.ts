import { describe, expect, it } from 'vitest';
import { backoff, step, type Connection, type ConnectionAction, type ConnectionEvent } from './connection-machine';

const stopped: Connection = { phase: 'stopped' };
const first: Connection = { phase: 'connecting', attempt: 0, downSince: null };
const open: Connection = { phase: 'open' };
const waiting: Connection = { phase: 'waiting', attempt: 2, downSince: 100, retryAt: 900 };
const offline: Connection = { phase: 'offline', downSince: 100 };
const connect: ConnectionAction = { type: 'connect', renewToken: false };
const again: ConnectionAction[] = [{ type: 'cancel_timer' }, connect];

const table: [string, Connection, ConnectionEvent, Connection, ConnectionAction[]][] = [
  ['starts by connecting', stopped, { type: 'start', now: 1 }, first, [connect]],
  ['starts only once', open, { type: 'start', now: 1 }, open, []],
  ['recovers when it opens', first, { type: 'opened' }, open, [{ type: 'recover' }]],
  ['ignores an opening that comes too late', waiting, { type: 'opened' }, waiting, []],
  ['waits after a break of an open connection', open, { type: 'closed', now: 1_000, random: 0 },
    { phase: 'waiting', attempt: 0, downSince: 1_000, retryAt: 1_200 }, [{ type: 'schedule', milliseconds: 200 }]],
  ['waits longer after each failed try', { phase: 'connecting', attempt: 2, downSince: 100 }, { type: 'closed', now: 1_000, random: 0 },
    { phase: 'waiting', attempt: 3, downSince: 100, retryAt: 2_600 }, [{ type: 'schedule', milliseconds: 1_600 }]],
  ['waits as long as the server says', open, { type: 'closed', now: 0, random: 0, retryAfter: 5_000 },
    { phase: 'waiting', attempt: 0, downSince: 0, retryAt: 5_000 }, [{ type: 'schedule', milliseconds: 5_000 }]],
  ['renews a refused token at once', open, { type: 'closed', now: 5, random: 0, expired: true },
    { phase: 'connecting', attempt: 0, downSince: 5 }, [{ type: 'connect', renewToken: true }]],
  ['does not hammer a server that refuses new tokens', { phase: 'connecting', attempt: 1, downSince: 5 }, { type: 'closed', now: 10, random: 0, expired: true },
    { phase: 'waiting', attempt: 2, downSince: 5, retryAt: 810 }, [{ type: 'schedule', milliseconds: 800 }]],
  ['connects when the time has come', waiting, { type: 'timer' }, { phase: 'connecting', attempt: 2, downSince: 100 }, again],
  ['connects when the person says so', waiting, { type: 'retry_now' }, { phase: 'connecting', attempt: 2, downSince: 100 }, again],
  ['ignores the timer of a connection that stands', open, { type: 'timer' }, open, []],
  ['rests while the machine is offline', open, { type: 'went_offline', now: 7 }, { phase: 'offline', downSince: 7 }, [{ type: 'cancel_timer' }, { type: 'disconnect' }]],
  ['remembers since when it is down', waiting, { type: 'went_offline', now: 500 }, offline, [{ type: 'cancel_timer' }, { type: 'disconnect' }]],
  ['ignores the close that it caused itself', offline, { type: 'closed', now: 9, random: 0 }, offline, []],
  ['connects from scratch when the machine is back', offline, { type: 'came_online' }, { phase: 'connecting', attempt: 0, downSince: 100 }, again],
  ['hurries when the network changes while waiting', waiting, { type: 'came_online' }, { phase: 'connecting', attempt: 2, downSince: 100 }, again],
  ['stops for good', open, { type: 'stop' }, stopped, [{ type: 'cancel_timer' }, { type: 'disconnect' }]],
  ['stays stopped when its socket closes', stopped, { type: 'closed', now: 1, random: 0 }, stopped, []],
  ['stays stopped when the machine comes online', stopped, { type: 'came_online' }, stopped, []],
];

describe('the connection', () => {
  it.each(table)('%s', (_promise, state, event, next, actions) => {
    expect(step(state, event)).toEqual({ state: next, actions });
  });
});

describe('the pause between tries', () => {
  it('doubles and ends at thirty seconds', () => {
    expect([0, 1, 2, 3, 20].map((attempt) => backoff(attempt, 1))).toEqual([400, 800, 1_600, 3_200, 30_000]);
  });

  it('is spread over half of its length', () => {
    expect([0, 0.5, 1].map((random) => backoff(3, random))).toEqual([1_600, 2_400, 3_200]);
  });
});

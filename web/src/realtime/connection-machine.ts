// The live connection as a pure table: what it is in, what happens, what to do about it. realtime.ts
// carries the actions out; nothing here touches a socket or a clock.

export type Connection =
  | { phase: 'stopped' }
  | { phase: 'connecting'; attempt: number; downSince: number | null }
  | { phase: 'open' }
  | { phase: 'waiting'; attempt: number; downSince: number; retryAt: number }
  | { phase: 'offline'; downSince: number };

export type ConnectionEvent =
  | { type: 'start'; now: number }
  | { type: 'opened' }
  // `random` in [0, 1); `expired` when the server refused the token; `retryAfter` in ms when it named one.
  | { type: 'closed'; now: number; random: number; expired?: boolean; retryAfter?: number }
  | { type: 'timer' }
  | { type: 'retry_now' }
  | { type: 'went_offline'; now: number }
  | { type: 'came_online' }
  | { type: 'stop' };

export type ConnectionAction =
  | { type: 'connect'; renewToken: boolean }
  | { type: 'disconnect' }
  | { type: 'schedule'; milliseconds: number }
  | { type: 'cancel_timer' }
  | { type: 'recover' };

export interface Step {
  state: Connection;
  actions: ConnectionAction[];
}

const firstDelay = 400;
const longestDelay = 30_000;

// Exponential with jitter: between half and all of 0.4, 0.8, 1.6 ... 30 s, so that a server that comes
// back is not met by everybody at once.
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(longestDelay, firstDelay * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling * (0.5 + random / 2));
}

export function step(state: Connection, event: ConnectionEvent): Step {
  switch (event.type) {
    case 'start':
      if (state.phase !== 'stopped') return stay(state);
      return { state: { phase: 'connecting', attempt: 0, downSince: null }, actions: [{ type: 'connect', renewToken: false }] };
    case 'opened':
      if (state.phase !== 'connecting') return stay(state);
      return { state: { phase: 'open' }, actions: [{ type: 'recover' }] };
    case 'closed':
      return closed(state, event);
    case 'timer':
    case 'retry_now':
      return retry(state);
    case 'went_offline':
      return wentOffline(state, event.now);
    case 'came_online':
      if (state.phase !== 'offline') return retry(state);
      return connectAgain(0, state.downSince);
    case 'stop':
      if (state.phase === 'stopped') return stay(state);
      return { state: { phase: 'stopped' }, actions: [{ type: 'cancel_timer' }, { type: 'disconnect' }] };
  }
}

function stay(state: Connection): Step {
  return { state, actions: [] };
}

function connectAgain(attempt: number, downSince: number): Step {
  return {
    state: { phase: 'connecting', attempt, downSince },
    actions: [{ type: 'cancel_timer' }, { type: 'connect', renewToken: false }],
  };
}

function retry(state: Connection): Step {
  if (state.phase !== 'waiting') return stay(state);
  return connectAgain(state.attempt, state.downSince);
}

function wentOffline(state: Connection, now: number): Step {
  if (state.phase === 'stopped' || state.phase === 'offline') return stay(state);
  const downSince = state.phase === 'open' ? now : (state.downSince ?? now);
  return { state: { phase: 'offline', downSince }, actions: [{ type: 'cancel_timer' }, { type: 'disconnect' }] };
}

function closed(state: Connection, event: Extract<ConnectionEvent, { type: 'closed' }>): Step {
  if (state.phase !== 'open' && state.phase !== 'connecting') return stay(state);
  const attempt = state.phase === 'open' ? 0 : state.attempt + 1;
  const downSince = state.phase === 'open' ? event.now : (state.downSince ?? event.now);
  // A refused token is renewed at once, but only the first time: a server that refuses new ones too must not be hammered.
  if (event.expired && attempt <= 1) {
    return { state: { phase: 'connecting', attempt, downSince }, actions: [{ type: 'connect', renewToken: true }] };
  }
  const milliseconds = Math.max(backoff(attempt, event.random), event.retryAfter ?? 0);
  return {
    state: { phase: 'waiting', attempt, downSince, retryAt: event.now + milliseconds },
    actions: [{ type: 'schedule', milliseconds }],
  };
}

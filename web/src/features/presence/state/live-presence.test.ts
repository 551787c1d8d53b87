// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { chatsQueue, presenceQueue } from '@/api/contracts.gen';
import { keys, queryClient } from '@/api/query-client';
import { live, liveEvents } from '@/realtime/live';
import { startPresence } from './live-presence';

let stop: () => void;
let visibility: DocumentVisibilityState;

beforeEach(() => {
  vi.useFakeTimers();
  visibility = 'visible';
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility);
  stop = startPresence();
});

afterEach(() => {
  stop();
  queryClient.clear();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function turn(to: DocumentVisibilityState): void {
  visibility = to;
  document.dispatchEvent(new Event('visibilitychange'));
}

it('knows of each person what was said last', () => {
  const said = (state: 'online' | 'offline') => liveEvents.receive(presenceQueue, { type: 'presence', user_id: 'tom', state, last_seen_at: null });

  said('online');
  said('offline');

  expect(queryClient.getQueryData(keys.presence)).toEqual({ tom: { user_id: 'tom', state: 'offline', last_seen_at: null } });
});

it('asks again when its queue is in force or has left something out, and for no other queue', () => {
  const invalidate = vi.spyOn(queryClient, 'invalidateQueries').mockResolvedValue();

  liveEvents.followed(presenceQueue);
  liveEvents.receive(presenceQueue, { type: 'resync', from_seq: 0, to_seq: 0 });
  liveEvents.receive(chatsQueue, { type: 'resync', from_seq: 0, to_seq: 0 });

  expect(invalidate.mock.calls).toEqual([[{ queryKey: keys.presenceOf }], [{ queryKey: keys.presenceOf }]]);
});

it('says away after three minutes out of sight, and online at the next look', () => {
  const tell = vi.spyOn(live, 'tell').mockReturnValue(true);

  turn('hidden');
  vi.advanceTimersByTime(3 * 60_000 - 1);
  expect(tell).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  turn('visible');

  expect(tell.mock.calls).toEqual([['/app/presence', { state: 'away' }], ['/app/presence', { state: 'online' }]]);
});

it('says nothing of a short look elsewhere', () => {
  const tell = vi.spyOn(live, 'tell').mockReturnValue(true);

  turn('hidden');
  vi.advanceTimersByTime(60_000);
  turn('visible');
  vi.advanceTimersByTime(5 * 60_000);

  expect(tell).not.toHaveBeenCalled();
});

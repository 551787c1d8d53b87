import { tokenSource } from '@/api/client';
import type { Feeds } from '@/api/contracts.gen';
import { createEventTable } from './event-table';
import { createRealtime } from './realtime';

// The tab's one live connection. Features register at `liveEvents` what they do with what it brings.

export const liveEvents = createEventTable<Feeds>();

function socketUrl(): string {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return `${scheme}//${location.host}/ws`;
}

const openHandlers = new Set<() => void>();

export const live = createRealtime({
  url: socketUrl,
  token: (renew) => (renew ? tokenSource().renew() : tokenSource().current()),
  onEvent: liveEvents.receive,
  onOpen: () => openHandlers.forEach((handler) => handler()),
  onFollowed: liveEvents.followed,
  onRefused: liveEvents.refused,
});

// Calls `handler` at each (re)connection.
export function onLiveOpen(handler: () => void): () => void {
  openHandlers.add(handler);
  return () => void openHandlers.delete(handler);
}

export function startLive(): () => void {
  const online = () => live.cameOnline();
  const offline = () => live.wentOffline();
  // A laptop that wakes up should not sit out a long pause.
  const visible = () => {
    if (document.visibilityState === 'visible') live.retryNow();
  };
  window.addEventListener('online', online);
  window.addEventListener('offline', offline);
  document.addEventListener('visibilitychange', visible);
  live.start();
  return () => {
    window.removeEventListener('online', online);
    window.removeEventListener('offline', offline);
    document.removeEventListener('visibilitychange', visible);
    live.stop();
  };
}

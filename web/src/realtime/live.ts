import { chatDestination, chatsQueue, presenceQueue, sessionQueue } from '@/api/events';
import { currentToken, renewToken, tokenExpiresAt } from '@/features/auth/state/session';
import { onFollowed, onLiveEvent, onOpen, onRefused } from '@/features/chat/state/sync';
import { createRealtime } from './realtime';

// The tab's one live connection, wired to the session and the caches.

function socketUrl(): string {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return `${scheme}//${location.host}/ws`;
}

export const live = createRealtime({
  url: socketUrl,
  token: (renew) => (renew ? renewToken() : currentToken()),
  onEvent: (destination, event) => {
    if (event.type === 'token_expiring') return void renewInBand();
    if (event.type === 'chat_removed' && event.chat_id) live.forget(chatDestination(event.chat_id));
    onLiveEvent(destination, event);
  },
  onOpen: () => {
    planRenewal();
    if (away) sayPresence();
    onOpen();
  },
  onFollowed,
  onRefused,
});

let renewalTimer: ReturnType<typeof setTimeout> | undefined;

// Renews a minute before the token ends, also when the server's hint never comes.
function planRenewal(): void {
  clearTimeout(renewalTimer);
  const expiresAt = tokenExpiresAt();
  if (expiresAt === null) return;
  const left = Math.max(2_000, expiresAt - Date.now());
  renewalTimer = setTimeout(() => void renewInBand(), left > 120_000 ? left - 60_000 : left / 2);
}

async function renewInBand(): Promise<void> {
  try {
    const token = await renewToken();
    if (token === null) return live.stop();
    if (live.isOpen()) await live.send('/app/auth.refresh', { access_token: token });
    planRenewal();
  } catch {
    // The connection closes when the token ends; the next CONNECT brings a new one.
  }
}

const awayAfterMilliseconds = 3 * 60_000;
let away = false;
let awayTimer: ReturnType<typeof setTimeout> | undefined;

function sayPresence(): void {
  live.tell('/app/presence', { state: away ? 'away' : 'online' });
}

// A tab that nobody has looked at for a while is away; looking at it ends that at once.
function followVisibility(): void {
  clearTimeout(awayTimer);
  if (document.visibilityState === 'hidden') {
    awayTimer = setTimeout(() => {
      away = true;
      sayPresence();
    }, awayAfterMilliseconds);
  } else if (away) {
    away = false;
    sayPresence();
  }
}

let watching = false;

export function startLive(): () => void {
  const stops = [chatsQueue, presenceQueue, sessionQueue].map((queue) => live.watch(queue));
  const online = () => live.cameOnline();
  const offline = () => live.wentOffline();
  // A laptop that wakes up should not sit out a long pause.
  const visible = () => {
    followVisibility();
    if (document.visibilityState === 'visible') live.retryNow();
  };
  if (!watching) {
    window.addEventListener('online', online);
    window.addEventListener('offline', offline);
    document.addEventListener('visibilitychange', visible);
    watching = true;
  }
  live.start();
  return () => {
    clearTimeout(renewalTimer);
    clearTimeout(awayTimer);
    away = false;
    window.removeEventListener('online', online);
    window.removeEventListener('offline', offline);
    document.removeEventListener('visibilitychange', visible);
    watching = false;
    live.stop();
    for (const stop of stops) stop();
  };
}

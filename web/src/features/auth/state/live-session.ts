import { sessionQueue } from '@/api/contracts.gen';
import { live, liveEvents, onLiveOpen } from '@/realtime/live';
import { endSession, renewToken, tokenExpiresAt } from './session';

// Keeps the live connection's token young, and ends the session when the server does.

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

export function startLiveSession(): () => void {
  const stops = [
    liveEvents.on(sessionQueue, {
      events: {
        token_expiring: () => void renewInBand(),
        session_ended: () => endSession(true),
      },
    }),
    onLiveOpen(planRenewal),
    live.watch(sessionQueue),
  ];
  return () => {
    clearTimeout(renewalTimer);
    for (const stop of stops) stop();
  };
}

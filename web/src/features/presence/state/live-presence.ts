import { presenceQueue } from '@/api/contracts.gen';
import { keys, queryClient } from '@/api/query-client';
import { live, liveEvents, onLiveOpen } from '@/realtime/live';
import { notePresence } from './presence';

// Hears who comes and goes, and says when nobody looks at this tab.

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

// Where changes were missed, those who are shown are asked for again.
const readAgain = () => void queryClient.invalidateQueries({ queryKey: keys.presenceOf });

export function startPresence(): () => void {
  const stops = [
    liveEvents.on(presenceQueue, {
      events: {
        presence: ({ user_id, state, last_seen_at }) => notePresence({ user_id, state, last_seen_at }),
        resync: readAgain,
      },
      onFollowed: readAgain,
    }),
    onLiveOpen(() => {
      if (away) sayPresence();
    }),
    live.watch(presenceQueue),
  ];
  document.addEventListener('visibilitychange', followVisibility);
  return () => {
    clearTimeout(awayTimer);
    away = false;
    document.removeEventListener('visibilitychange', followVisibility);
    for (const stop of stops) stop();
  };
}

import { usePresence } from '@/features/presence/state/presence';
import { strings } from '@/lib/strings';
import { agoText } from '@/lib/time';
import { useNow } from '@/lib/use-now';

// Whether a person is there, in words: "Online", "Away", "Last seen 5 min ago".
export function PresenceLine({ userId }: { userId: string }) {
  const presence = usePresence(userId);
  const now = useNow(60_000);
  if (!presence) return null;
  if (presence.state === 'online') return <>{strings.presence.online}</>;
  if (presence.state === 'away') return <>{strings.presence.away}</>;
  return <>{presence.last_seen_at ? strings.presence.lastSeen(agoText(presence.last_seen_at, now)) : strings.presence.offline}</>;
}

import { usePresence } from '@/features/presence/state/presence';
import { presenceStrings } from '@/i18n/presence';
import { useNow } from '@/lib/hooks/use-now';
import { agoText } from '@/lib/time';

// Whether a person is there, in words: "Online", "Away", "Last seen 5 min ago".
export function PresenceLine({ userId }: { userId: string }) {
  const presence = usePresence(userId);
  const now = useNow(60_000);
  if (!presence) return null;
  if (presence.state === 'online') return <>{presenceStrings.online}</>;
  if (presence.state === 'away') return <>{presenceStrings.away}</>;
  return <>{presence.last_seen_at ? presenceStrings.lastSeen(agoText(presence.last_seen_at, now)) : presenceStrings.offline}</>;
}

import { useEffect } from 'react';
import { useNavigate } from 'react-router';
import { keys, queryClient } from '@/api/query-client';
import { startAnswersWatch } from '@/features/assistant/state/answers-watch';
import { startLiveSession } from '@/features/auth/state/live-session';
import { useMe } from '@/features/auth/state/session';
import { startSync } from '@/features/chat/state/sync';
import { forgetDrafts } from '@/features/composer/state/drafts-store';
import { openOutbox } from '@/features/composer/state/outbox-store';
import { startSender } from '@/features/composer/state/sender';
import { startPresence } from '@/features/presence/state/live-presence';
import { setNotificationTarget, startNotifications } from '@/features/settings/state/notify';
import { startLive } from '@/realtime/live';

// A window of ten thousand messages must not be compared message by message at each event.
queryClient.setQueryDefaults(['messages'], { structuralSharing: false, staleTime: Infinity });
queryClient.setQueryDefaults(keys.presence, { structuralSharing: false });

// What each feature does while a person is signed in, for one: with live events. The connection comes last, when all listen.
const startAll = (meId: string) => [
  startLiveSession(), startSync(), startPresence(), startAnswersWatch(), startSender(), startNotifications(meId), startLive(),
];

// Runs all of it, and keeps nothing of one person for the next.
export function useRunning(): void {
  const { id } = useMe();
  const navigate = useNavigate();
  useEffect(() => {
    forgetDrafts();
    openOutbox(id);
    const stops = startAll(id);
    return () => {
      for (const stop of stops) stop();
      // Nothing of one person may show to the next.
      queryClient.clear();
    };
  }, [id]);
  useEffect(() => setNotificationTarget((chatId) => void navigate(`/c/${chatId}`)), [navigate]);
}

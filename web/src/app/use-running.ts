import { useEffect } from 'react';
import { useNavigate } from 'react-router';
import { keys, queryClient } from '@/api/query-client';
import { startAnswersWatch } from '@/features/assistant/state/answers-watch';
import { useMe } from '@/features/auth/state/session';
import { forgetMentions } from '@/features/chat/state/attention';
import { forgetDrafts } from '@/features/composer/state/drafts-store';
import { openOutbox } from '@/features/composer/state/outbox-store';
import { startSender } from '@/features/composer/state/sender';
import { setNotificationTarget, startNotifications } from '@/features/settings/state/notify';
import { startLive } from '@/realtime/live';

// A window of ten thousand messages must not be compared message by message at each event.
queryClient.setQueryDefaults(['messages'], { structuralSharing: false, staleTime: Infinity });
queryClient.setQueryDefaults(keys.presence, { structuralSharing: false });

// What runs while a person is signed in: the live connection, the outbox, notifications.
export function useRunning(): void {
  const { id } = useMe();
  const navigate = useNavigate();
  useEffect(() => {
    forgetDrafts();
    forgetMentions();
    openOutbox(id);
    const stops = [startLive(), startSender(), startNotifications(id), startAnswersWatch()];
    return () => {
      for (const stop of stops) stop();
      // Nothing of one person may show to the next.
      queryClient.clear();
    };
  }, [id]);
  useEffect(() => setNotificationTarget((chatId) => void navigate(`/c/${chatId}`)), [navigate]);
}

import { useState } from 'react';
import { Switch } from '@/components/switch';
import { notificationsPossible } from '@/features/settings/state/notify';
import { useSettings } from '@/features/settings/state/settings-store';
import { settingsStrings } from '@/i18n/settings';

function hintOf(possible: boolean, permission: NotificationPermission): string {
  if (!possible) return settingsStrings.notificationsImpossible;
  return permission === 'denied' ? settingsStrings.notificationsDenied : settingsStrings.notificationsHint;
}

export function NotificationsSection() {
  const { notifications, set } = useSettings();
  const possible = notificationsPossible();
  const [permission, setPermission] = useState<NotificationPermission>(possible ? Notification.permission : 'denied');
  const change = async (wanted: boolean) => {
    if (!wanted) return set({ notifications: false });
    const answer = permission === 'granted' ? permission : await Notification.requestPermission();
    setPermission(answer);
    set({ notifications: answer === 'granted' });
  };
  return (
    <Switch
      label={settingsStrings.notifications}
      hint={hintOf(possible, permission)}
      checked={notifications && permission === 'granted'}
      disabled={!possible || permission === 'denied'}
      onChange={(wanted) => void change(wanted)}
    />
  );
}

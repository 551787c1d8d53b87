import { useQuery } from '@tanstack/react-query';
import { Laptop, LogOut, Smartphone } from 'lucide-react';
import { useState } from 'react';
import type { SessionInfo } from '@/api/contracts.gen';
import { endSession, listSessions } from '@/api/people';
import { keys } from '@/api/query-client';
import { Button } from '@/components/button';
import { ErrorState } from '@/components/error-state';
import { ConfirmDialog } from '@/components/floating/confirm-dialog';
import { showToast } from '@/components/floating/notices';
import { ListSkeleton } from '@/components/skeleton';
import { signOut } from '@/features/auth/entry';
import { deviceName } from '@/features/settings/state/device-name';
import { authStrings } from '@/i18n/auth';
import { settingsStrings } from '@/i18n/settings';
import { errorText } from '@/lib/errors';
import { useNow } from '@/lib/hooks/use-now';
import { agoText, longDate } from '@/lib/time';

export function SessionsSection() {
  const sessions = useQuery({ queryKey: keys.sessions, queryFn: listSessions, staleTime: 0 });
  const [endingAll, setEndingAll] = useState(false);
  const end = (id: string) => {
    endSession(id).then(
      () => void sessions.refetch(),
      (error: unknown) => showToast(errorText(error), 'bad'),
    );
  };
  const sorted = [...(sessions.data ?? [])].sort((a, b) => Number(b.current) - Number(a.current) || b.last_seen_at.localeCompare(a.last_seen_at));
  return (
    <div className="flex flex-col gap-5">
      <p className="text-soft">{settingsStrings.sessionsLead}</p>
      {sessions.isPending && <ListSkeleton rows={3} />}
      {sessions.isError && <ErrorState title={settingsStrings.sessionsFailed} error={sessions.error} onRetry={() => void sessions.refetch()} />}
      <ul className="flex flex-col divide-y divide-line border-y border-line">
        {sorted.map((session) => <SessionRow key={session.id} session={session} onEnd={() => end(session.id)} />)}
      </ul>
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => void signOut(false)}>
          <LogOut size={16} aria-hidden /> {authStrings.signOut}
        </Button>
        <Button variant="quiet_danger" onClick={() => setEndingAll(true)}>{authStrings.signOutEverywhere}</Button>
      </div>
      {endingAll && (
        <ConfirmDialog
          title={authStrings.signOutEverywhere}
          text={settingsStrings.endAllText}
          action={authStrings.signOutEverywhere}
          danger
          onConfirm={() => signOut(true)}
          onClose={() => setEndingAll(false)}
        />
      )}
    </div>
  );
}

function SessionRow({ session, onEnd }: { session: SessionInfo; onEnd: () => void }) {
  const now = useNow(60_000);
  const device = deviceName(session.user_agent);
  const Icon = device.mobile ? Smartphone : Laptop;
  return (
    <li className="flex items-center gap-4 py-3">
      <Icon size={20} strokeWidth={1.6} aria-hidden className="shrink-0 text-soft" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium" data-tip={session.user_agent}>{device.name || settingsStrings.unknownDevice}</p>
        <p className="text-small text-faint">
          {session.current ? settingsStrings.thisDevice : settingsStrings.lastUsed(agoText(session.last_seen_at, now))}
          {' · '}
          {settingsStrings.signedInOn(longDate(session.created_at))}
        </p>
      </div>
      {session.current ? (
        <span className="rounded-full bg-good-soft px-2.5 py-0.5 text-small font-medium text-good">{settingsStrings.current}</span>
      ) : (
        <Button size="small" aria-label={settingsStrings.endNamed(device.name)} onClick={onEnd}>{settingsStrings.end}</Button>
      )}
    </li>
  );
}

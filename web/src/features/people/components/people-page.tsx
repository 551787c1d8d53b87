import { useQuery } from '@tanstack/react-query';
import { UsersRound } from 'lucide-react';
import { useDeferredValue, useMemo, useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router';
import type { PublicUser } from '@/api/contracts.gen';
import { searchUsers } from '@/api/people';
import { keys } from '@/api/query-client';
import { Button } from '@/components/button';
import { EmptyState } from '@/components/empty-state';
import { ErrorState } from '@/components/error-state';
import { TextField } from '@/components/field';
import { showToast } from '@/components/floating/notices';
import { PageFrame } from '@/components/page-frame';
import { ListSkeleton } from '@/components/skeleton';
import { useMe } from '@/features/auth/entry';
import { openDirectChat } from '@/features/chat/entry';
import { PersonAvatar, useWatchPresence } from '@/features/presence/entry';
import { peopleStrings } from '@/i18n/people';
import { errorText } from '@/lib/errors';

export function PeoplePage({ presence }: { presence: (userId: string) => ReactNode }) {
  const me = useMe();
  const [text, setText] = useState('');
  const query = useDeferredValue(text.trim());
  const people = useQuery({ queryKey: keys.users(query), queryFn: ({ signal }) => searchUsers(query, signal) });
  const others = useMemo(() => (people.data ?? []).filter((user) => user.id !== me.id), [people.data, me.id]);
  useWatchPresence(useMemo(() => others.map((user) => user.id), [others]));
  return (
    <PageFrame title={peopleStrings.title}>
      <TextField label={peopleStrings.search} value={text} placeholder={peopleStrings.searchHint} onChange={(event) => setText(event.target.value)} />
      <div className="-mx-2 mt-3">
        {people.isPending && <ListSkeleton rows={6} />}
        {people.isError && <ErrorState title={peopleStrings.failed} error={people.error} onRetry={() => void people.refetch()} />}
        {people.isSuccess && others.length === 0 && (
          <EmptyState
            picture={<UsersRound size={32} strokeWidth={1.5} aria-hidden />}
            title={query ? peopleStrings.nobodyFound(query) : peopleStrings.nobody}
            text={peopleStrings.nobodyText}
          />
        )}
        <ul aria-label={peopleStrings.title}>
          {others.map((user) => <PersonRow key={user.id} user={user} presence={presence(user.id)} />)}
        </ul>
      </div>
    </PageFrame>
  );
}

function PersonRow({ user, presence }: { user: PublicUser; presence: ReactNode }) {
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const open = async () => {
    setBusy(true);
    try {
      void navigate(`/c/${await openDirectChat(user.id)}`);
    } catch (error) {
      showToast(errorText(error), 'bad');
      setBusy(false);
    }
  };
  return (
    <li className="flex min-h-15 items-center gap-3 rounded-md px-2 hover:bg-hover">
      <PersonAvatar id={user.id} name={user.display_name} size="large" />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="truncate font-medium" dir="auto">{user.display_name}</span>
        <span className="truncate text-small text-faint">
          @{user.username} <span className="before:content-['·_'] empty:hidden">{presence}</span>
        </span>
      </span>
      <Button size="small" busy={busy} aria-label={peopleStrings.messageNamed(user.display_name)} onClick={() => void open()}>
        {peopleStrings.message}
      </Button>
    </li>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Check, X } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import type { PublicUser } from '@/api/contracts.gen';
import { searchUsers } from '@/api/people';
import { keys } from '@/api/query-client';
import { Avatar } from '@/components/avatar';
import { TextField } from '@/components/field';
import { useMe } from '@/features/auth/entry';
import { peopleStrings } from '@/i18n/people';
import { cn } from '@/lib/cn';

interface PeoplePickerProps {
  label: string;
  chosen: PublicUser[];
  // People who cannot be chosen, because they are there already.
  exclude: ReadonlySet<string>;
  onChange: (chosen: PublicUser[]) => void;
}

export function PeoplePicker({ label, chosen, exclude, onChange }: PeoplePickerProps) {
  const me = useMe();
  const [text, setText] = useState('');
  const query = useDeferredValue(text.trim());
  const { data, isPending } = useQuery({ queryKey: keys.users(query), queryFn: ({ signal }) => searchUsers(query, signal) });
  const found = (data ?? []).filter((user) => user.id !== me.id && !exclude.has(user.id));
  const isChosen = (user: PublicUser) => chosen.some((other) => other.id === user.id);
  const toggle = (user: PublicUser) => {
    onChange(isChosen(user) ? chosen.filter((other) => other.id !== user.id) : [...chosen, user]);
  };
  return (
    <div className="flex flex-col gap-2">
      <TextField label={label} value={text} autoComplete="off" placeholder={peopleStrings.searchHint} onChange={(event) => setText(event.target.value)} />
      {chosen.length > 0 && (
        <ul className="flex flex-wrap gap-1.5" aria-label={peopleStrings.chosen}>
          {chosen.map((user) => (
            <li key={user.id}>
              <button
                type="button"
                onClick={() => toggle(user)}
                aria-label={peopleStrings.unchoose(user.display_name)}
                className="inline-flex h-7 items-center gap-1.5 rounded-full bg-accent-soft ps-1 pe-2 text-small font-medium text-accent-text pointer-coarse:h-11"
              >
                <Avatar id={user.id} name={user.display_name} size="small" /> {user.display_name} <X size={14} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      <ul className="h-56 overflow-y-auto rounded-md border border-line p-1" aria-label={peopleStrings.title} tabIndex={0}>
        {found.map((user) => (
          <li key={user.id}>
            <button
              type="button"
              role="checkbox"
              aria-checked={isChosen(user)}
              onClick={() => toggle(user)}
              className="flex h-11 w-full items-center gap-3 rounded-sm px-2 text-start outline-offset-[-2px] hover:bg-hover"
            >
              <Avatar id={user.id} name={user.display_name} />
              <span className="min-w-0 flex-1 truncate">
                <span className="font-medium">{user.display_name}</span> <span className="text-faint">@{user.username}</span>
              </span>
              <span className={cn('inline-flex size-5 items-center justify-center rounded-[5px] border', isChosen(user) ? 'border-transparent bg-accent text-accent-ink' : 'border-line-strong')}>
                {isChosen(user) && <Check size={14} strokeWidth={3} aria-hidden />}
              </span>
            </button>
          </li>
        ))}
        {!isPending && found.length === 0 && (
          <li className="px-3 py-8 text-center text-faint">{query ? peopleStrings.nobodyFound(query) : peopleStrings.nobody}</li>
        )}
      </ul>
    </div>
  );
}

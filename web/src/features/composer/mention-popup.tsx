import { Avatar } from '@/components/avatar';
import { cn } from '@/lib/cn';
import { strings } from '@/lib/strings';
import { mentionListId, type Mention } from './use-mention';

export function MentionPopup({ mention }: { mention: Mention }) {
  return (
    <ul
      id={mentionListId}
      role="listbox"
      aria-label={strings.composer.mentions}
      className="enter-pop absolute bottom-full left-3 z-20 mb-1 w-72 max-w-[calc(100vw-24px)] rounded-md bg-raised p-1 shadow-float md:left-5"
    >
      {mention.people.map((user, index) => (
        <li
          key={user.id}
          id={`${mentionListId}-${index}`}
          role="option"
          aria-selected={index === mention.active}
          onPointerDown={(event) => {
            event.preventDefault();
            mention.choose(user);
          }}
          className={cn('flex h-10 items-center gap-3 rounded-sm px-2', index === mention.active && 'bg-selected')}
        >
          <Avatar id={user.id} name={user.display_name} size="small" />
          <span className="min-w-0 flex-1 truncate font-medium">{user.display_name}</span>
          <span className="truncate text-small text-faint">@{user.username}</span>
        </li>
      ))}
    </ul>
  );
}

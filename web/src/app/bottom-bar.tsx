import { Link, useLocation } from 'react-router';
import { callsIn } from '@/features/chat/state/attention';
import { useChats } from '@/features/chat/state/use-chats';
import { appStrings } from '@/i18n/app';
import { cn } from '@/lib/cn';
import { chatsPlace, isAt, mePlace, peoplePlace, roomsPlace } from './places';
import { dotColours, dotOf } from './unread-dot';

export function BottomBar() {
  const { pathname } = useLocation();
  const { calls, waiting } = callsIn(useChats().data ?? []);
  return (
    <nav aria-label={appStrings.places.label} className="safe-bottom grid shrink-0 grid-cols-4 border-t border-line bg-surface">
      {[chatsPlace, peoplePlace, roomsPlace, mePlace].map(({ to, label, icon: Icon }) => {
        const active = isAt(pathname, to);
        const dot = to === '/' ? dotOf(calls, waiting) : null;
        return (
          <Link
            key={label}
            to={to}
            aria-current={active ? 'page' : undefined}
            className={cn('relative flex h-14 flex-col items-center justify-center gap-0.5 text-small', active ? 'font-medium text-ink' : 'text-soft')}
          >
            <span className={cn('relative inline-flex h-6 w-12 items-center justify-center rounded-full', active && 'bg-selected')}>
              <Icon size={20} strokeWidth={active ? 2.1 : 1.8} aria-hidden />
              {dot && <span data-mark={dot} className={cn('absolute -top-0.5 right-2 size-2.5 rounded-full ring-2 ring-surface', dotColours[dot])} />}
            </span>
            {label}
            {dot && <span className="sr-only">{appStrings.places.hasUnread}</span>}
          </Link>
        );
      })}
    </nav>
  );
}

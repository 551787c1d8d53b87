import { Link, useLocation } from 'react-router';
import { cn } from '@/lib/cn';
import { strings } from '@/lib/strings';
import { chatsPlace, isAt, mePlace, peoplePlace, roomsPlace } from './places';
import { useUnreadTotal } from './use-unread-total';

export function BottomBar() {
  const { pathname } = useLocation();
  const unread = useUnreadTotal();
  return (
    <nav aria-label={strings.places.label} className="safe-bottom grid shrink-0 grid-cols-4 border-t border-line bg-surface">
      {[chatsPlace, peoplePlace, roomsPlace, mePlace].map(({ to, label, icon: Icon }) => {
        const active = isAt(pathname, to);
        const dot = to === '/' && unread > 0;
        return (
          <Link
            key={label}
            to={to}
            aria-current={active ? 'page' : undefined}
            className={cn('relative flex h-14 flex-col items-center justify-center gap-0.5 text-small', active ? 'font-medium text-ink' : 'text-soft')}
          >
            <span className={cn('relative inline-flex h-6 w-12 items-center justify-center rounded-full', active && 'bg-selected')}>
              <Icon size={20} strokeWidth={active ? 2.1 : 1.8} aria-hidden />
              {dot && <span className="absolute -top-0.5 right-2 size-2.5 rounded-full bg-accent ring-2 ring-surface" />}
            </span>
            {label}
            {dot && <span className="sr-only">{strings.places.hasUnread}</span>}
          </Link>
        );
      })}
    </nav>
  );
}

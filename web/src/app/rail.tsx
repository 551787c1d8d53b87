import type { LucideIcon } from 'lucide-react';
import { Link, useLocation } from 'react-router';
import { Avatar } from '@/components/avatar';
import { useOverlays } from '@/components/floating/overlays';
import { IconButton } from '@/components/icon-button';
import { Logo } from '@/components/logo';
import { useMe } from '@/features/auth/state/session';
import { callsIn } from '@/features/chat/state/attention';
import { useChats } from '@/features/chat/state/use-chats';
import { appStrings } from '@/i18n/app';
import { basicStrings } from '@/i18n/basics';
import { cn } from '@/lib/cn';
import { useConnectionDown } from '@/realtime/use-connection';
import { chatsPlace, isAt, peoplePlace, roomsPlace, searchIcon, settingsPlace } from './places';
import { dotColours, dotOf, type Dot } from './unread-dot';

export function Rail() {
  const me = useMe();
  const down = useConnectionDown();
  const { calls, waiting } = callsIn(useChats().data ?? []);
  const { pathname } = useLocation();
  return (
    <nav aria-label={appStrings.places.label} className="flex w-14 shrink-0 flex-col items-center gap-1 border-e border-line bg-sunken py-2.5">
      <Link to="/" aria-label={appStrings.app.home} className="mb-2 inline-flex size-10 items-center justify-center rounded-md">
        <Logo size={28} />
      </Link>
      {[chatsPlace, peoplePlace, roomsPlace].map((place) => (
        <RailLink key={place.to} {...place} active={isAt(pathname, place.to)} dot={place.to === '/' ? dotOf(calls, waiting) : null} />
      ))}
      <IconButton
        icon={searchIcon}
        label={appStrings.places.find}
        keys={basicStrings.keys.switcher}
        tipSide="right"
        className="size-10!"
        onClick={() => useOverlays.setState({ switcher: true })}
      />
      <span className="flex-1" />
      <RailLink {...settingsPlace} active={isAt(pathname, settingsPlace.to)} dot={null} />
      <Link to="/settings/account" aria-label={appStrings.places.profileOf(me.display_name)} data-tip={me.display_name} data-tip-side="right" className="inline-flex size-10 items-center justify-center rounded-full">
        <Avatar id={me.id} name={me.display_name} presence={down ? 'offline' : 'online'} />
      </Link>
    </nav>
  );
}

interface RailLinkProps {
  to: string;
  label: string;
  icon: LucideIcon;
  active: boolean;
  dot: Dot;
}

function RailLink({ to, label, icon: Icon, active, dot }: RailLinkProps) {
  return (
    <Link
      to={to}
      aria-label={dot ? `${label}, ${appStrings.places.hasUnread}` : label}
      aria-current={active ? 'page' : undefined}
      data-tip={label}
      data-tip-side="right"
      className={cn(
        'relative inline-flex size-10 items-center justify-center rounded-md transition-colors',
        active ? 'bg-selected text-ink' : 'text-soft hover:bg-hover hover:text-ink',
      )}
    >
      <Icon size={20} strokeWidth={active ? 2.1 : 1.8} aria-hidden />
      {dot && <span data-mark={dot} className={cn('absolute top-1.5 right-1.5 size-2.5 rounded-full ring-2 ring-sunken', dotColours[dot])} />}
    </Link>
  );
}

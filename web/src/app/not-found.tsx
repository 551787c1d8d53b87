import { Link, useLocation } from 'react-router';
import { Button } from '@/components/button';
import { EmptyState } from '@/components/empty-state';
import { useOverlays } from '@/components/floating/overlays';
import { Logo } from '@/components/logo';
import { appStrings } from '@/i18n/app';
import { chatsPlace, peoplePlace, roomsPlace } from './places';

// An address that leads nowhere, with ways on.
export function NotFound() {
  const { pathname } = useLocation();
  return (
    <EmptyState
      isPage
      picture={<Logo size={56} />}
      title={appStrings.notFound.title}
      text={appStrings.notFound.text(pathname)}
      action={
        <div className="flex flex-wrap justify-center gap-2">
          {[chatsPlace, peoplePlace, roomsPlace].map(({ to, label, icon: Icon }) => (
            <Link key={to} to={to} className="inline-flex h-9 items-center gap-2 rounded-sm border border-line bg-raised px-4 font-medium hover:bg-hover pointer-coarse:h-11">
              <Icon size={16} aria-hidden /> {label}
            </Link>
          ))}
          <Button onClick={() => useOverlays.setState({ switcher: true })}>{appStrings.notFound.find}</Button>
        </div>
      }
    />
  );
}

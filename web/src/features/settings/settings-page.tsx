import { Bell, ChartColumn, ChevronLeft, Keyboard, MonitorSmartphone, Palette, ShieldCheck, UserRound } from 'lucide-react';
import { lazy, Suspense, type ReactNode } from 'react';
import { Link, NavLink, useParams } from 'react-router';
import { cn } from '@/lib/cn';
import { strings } from '@/lib/strings';
import { useIsNarrow } from '@/lib/use-media';
import { AppearanceSection } from './appearance-section';
import { NotificationsSection } from './notifications-section';
import { PasswordSection } from './password-section';
import { ProfileSection } from './profile-section';
import { SessionsSection } from './sessions-section';
import { WritingSection } from './writing-section';

const UsageSection = lazy(() => import('./usage-section').then((m) => ({ default: m.UsageSection })));

const sections = [
  { path: 'profile', icon: UserRound, part: ProfileSection },
  { path: 'password', icon: ShieldCheck, part: PasswordSection },
  { path: 'sessions', icon: MonitorSmartphone, part: SessionsSection },
  { path: 'appearance', icon: Palette, part: AppearanceSection },
  { path: 'writing', icon: Keyboard, part: WritingSection },
  { path: 'notifications', icon: Bell, part: NotificationsSection },
  { path: 'usage', icon: ChartColumn, part: UsageSection },
] as const;

// `missing` is shown for a section that there is not.
export function SettingsPage({ missing }: { missing?: ReactNode }) {
  const { section } = useParams();
  const narrow = useIsNarrow();
  const chosen = sections.find((entry) => entry.path === section) ?? (narrow ? undefined : sections[0]);
  const Part = chosen?.part;
  if (section !== undefined && chosen?.path !== section) return missing;
  return (
    <div className="flex h-full min-h-0">
      {(!narrow || !chosen) && (
        <nav aria-label={strings.settings.title} className={cn('shrink-0 overflow-y-auto px-2 pb-6', narrow ? 'w-full' : 'w-60 border-e border-line')}>
          <h1 className="flex h-14 items-center px-3 text-title font-bold tracking-[-0.01em]">{strings.settings.title}</h1>
          <ul className="flex flex-col gap-0.5">
            {sections.map(({ path, icon: Icon }) => (
              <li key={path}>
                <NavLink
                  to={`/settings/${path}`}
                  className={cn(
                    'flex h-9 items-center gap-3 rounded-sm px-3 transition-colors pointer-coarse:h-12',
                    chosen?.path === path ? 'bg-selected font-medium text-ink' : 'text-soft hover:bg-hover hover:text-ink',
                  )}
                >
                  <Icon size={17} aria-hidden /> {strings.settings.sections[path]}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
      )}
      {chosen && Part && (
        <div className="min-w-0 flex-1 overflow-y-auto">
          <div className={cn('mx-auto px-4 pt-3 pb-16 md:px-8 md:pt-10', chosen.path === 'usage' ? 'max-w-[760px]' : 'max-w-[560px]')}>
            <div className="mb-5 flex items-center gap-1">
              {narrow && (
                <Link to="/settings" aria-label={strings.settings.back} className="-ms-2 inline-flex size-11 items-center justify-center rounded-sm text-soft hover:bg-hover">
                  <ChevronLeft size={22} aria-hidden />
                </Link>
              )}
              <h2 className="text-title font-bold tracking-[-0.01em]">{strings.settings.sections[chosen.path]}</h2>
            </div>
            <Suspense fallback={null}>
              <Part />
            </Suspense>
          </div>
        </div>
      )}
    </div>
  );
}

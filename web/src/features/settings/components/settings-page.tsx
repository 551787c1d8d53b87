import { ChartColumn, ChevronLeft, SlidersHorizontal, UserRound } from 'lucide-react';
import { lazy, Suspense, type ReactNode } from 'react';
import { Link, Navigate, NavLink, useParams } from 'react-router';
import { appStrings } from '@/i18n/app';
import { settingsStrings } from '@/i18n/settings';
import { cn } from '@/lib/cn';
import { useIsNarrow } from '@/lib/hooks/use-media';
import { AppearanceSection } from './appearance-section';
import { NotificationsSection } from './notifications-section';
import { PasswordSection } from './password-section';
import { ProfileSection } from './profile-section';
import { SessionsSection } from './sessions-section';
import { WritingSection } from './writing-section';

const UsageSection = lazy(() => import('./usage-section').then((m) => ({ default: m.UsageSection })));

const sections = [
  {
    path: 'account',
    icon: UserRound,
    parts: [
      { name: 'profile', part: ProfileSection },
      { name: 'password', part: PasswordSection },
      { name: 'sessions', part: SessionsSection },
    ],
  },
  {
    path: 'preferences',
    icon: SlidersHorizontal,
    parts: [
      { name: 'appearance', part: AppearanceSection },
      { name: 'writing', part: WritingSection },
      { name: 'notifications', part: NotificationsSection },
    ],
  },
  { path: 'usage', icon: ChartColumn, parts: [{ name: 'usage', part: UsageSection }] },
] as const;

type Section = (typeof sections)[number];

// `missing` is shown for a section that there is not.
export function SettingsPage({ missing }: { missing?: ReactNode }) {
  const { section } = useParams();
  const narrow = useIsNarrow();
  const chosen: Section | undefined = sections.find((entry) => entry.path === section) ?? (narrow ? undefined : sections[0]);
  if (section !== undefined && chosen?.path !== section) {
    // Each part is found by its own address too.
    const holder = sections.find((entry) => entry.parts.some((part) => part.name === section));
    return holder ? <Navigate to={`/settings/${holder.path}#${section}`} replace /> : missing;
  }
  return (
    <div className="flex h-full min-h-0">
      {(!narrow || section === undefined) && <SectionNav chosen={narrow ? undefined : chosen?.path} narrow={narrow} />}
      {chosen && !(narrow && section === undefined) && <Open section={chosen} narrow={narrow} />}
    </div>
  );
}

function SectionNav({ chosen, narrow }: { chosen: string | undefined; narrow: boolean }) {
  return (
    <nav aria-label={settingsStrings.title} className={cn('shrink-0 overflow-y-auto px-2 pb-6', narrow ? 'w-full' : 'w-60 border-e border-line')}>
      <h1 className="flex h-14 items-center px-3 text-title font-bold tracking-[-0.01em]">{settingsStrings.title}</h1>
      <ul className="flex flex-col gap-0.5">
        {sections.map(({ path, icon: Icon }) => (
          <li key={path}>
            <NavLink
              to={`/settings/${path}`}
              aria-current={chosen === path ? 'page' : undefined}
              className={cn(
                'flex min-h-10 items-center gap-3 rounded-sm px-3 py-1.5 transition-colors pointer-coarse:min-h-14',
                chosen === path ? 'bg-selected font-medium text-ink' : 'text-soft hover:bg-hover hover:text-ink',
              )}
            >
              <Icon size={18} aria-hidden className="shrink-0" />
              <span className="flex min-w-0 flex-col">
                {appStrings.pages.settings[path]}
                {narrow && <span className="text-small text-faint">{settingsStrings.holds[path]}</span>}
              </span>
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

// Brings the part that the address names into view.
function showPart(element: HTMLElement | null): void {
  if (element && location.hash === `#${element.id}`) element.scrollIntoView({ block: 'start' });
}

function Open({ section, narrow }: { section: Section; narrow: boolean }) {
  const several = section.parts.length > 1;
  // On a phone it is a page of its own.
  const [Title, PartTitle] = narrow ? (['h1', 'h2'] as const) : (['h2', 'h3'] as const);
  return (
    <div className="min-w-0 flex-1 overflow-y-auto">
      <div className={cn('mx-auto px-4 pt-3 pb-16 md:px-8 md:pt-10', section.path === 'usage' ? 'max-w-[47.5rem]' : 'max-w-[38rem]')}>
        <div className="mb-6 flex items-center gap-1">
          {narrow && (
            <Link to="/settings" aria-label={settingsStrings.back} className="-ms-2 inline-flex size-11 items-center justify-center rounded-sm text-soft hover:bg-hover">
              <ChevronLeft size={22} aria-hidden />
            </Link>
          )}
          <Title className="text-title font-bold tracking-[-0.01em]">{appStrings.pages.settings[section.path]}</Title>
        </div>
        <Suspense fallback={null}>
          <div className="flex flex-col divide-y divide-line">
            {section.parts.map(({ name, part: Part }) => (
              <section key={name} id={name} ref={showPart} aria-labelledby={several ? `${name}-title` : undefined} className="scroll-mt-6 py-8 first:pt-0 last:pb-0">
                {several && <PartTitle id={`${name}-title`} className="mb-4 text-read font-bold">{appStrings.pages.settingsParts[name as keyof typeof appStrings.pages.settingsParts]}</PartTitle>}
                <Part />
              </section>
            ))}
          </div>
        </Suspense>
      </div>
    </div>
  );
}

import { lazy, Suspense } from 'react';
import { Outlet, useMatch } from 'react-router';
import { Switcher } from '@/app/switcher/switcher';
import { useNotices } from '@/components/floating/notices';
import { useOverlays } from '@/components/floating/overlays';
import { Toasts } from '@/components/floating/toasts';
import { TooltipLayer } from '@/components/floating/tooltip-layer';
import { AnswerVoiceRegion } from '@/features/assistant/components/answer-voice-region';
import { appStrings } from '@/i18n/app';
import { useIsNarrow } from '@/lib/hooks/use-media';
import { BottomBar } from './bottom-bar';
import { ConnectionLine } from './connection-line';
import { Rail } from './rail';
import { useGlobalKeys } from './use-global-keys';
import { useRunning } from './use-running';
import { useTitleBadge } from './use-title-badge';
import { useViewportHeight } from './use-viewport-height';

const HelpSheet = lazy(() => import('./help-sheet').then((m) => ({ default: m.HelpSheet })));

export function AppShell() {
  useRunning();
  useGlobalKeys();
  useTitleBadge();
  useViewportHeight();
  const narrow = useIsNarrow();
  const inChat = useMatch('/c/:chatId/*') !== null;
  const { switcher, help } = useOverlays();
  const announcement = useNotices((state) => state.announcement);
  return (
    <div className="flex h-(--app-height,100dvh) flex-col">
      <a href="#main" className="sr-only z-50 rounded-sm bg-accent px-4 py-2 text-accent-ink focus:not-sr-only focus:absolute focus:top-2 focus:left-2">
        {appStrings.app.skip}
      </a>
      <ConnectionLine />
      <div className="flex min-h-0 flex-1">
        {!narrow && <Rail />}
        <main id="main" tabIndex={-1} className="min-w-0 flex-1">
          <Suspense fallback={null}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      {narrow && !inChat && <BottomBar />}
      <div aria-live="polite" className="sr-only">{announcement}</div>
      <AnswerVoiceRegion />
      {/* Part of the first load: what is typed right after its key belongs to it. */}
      {switcher && <Switcher />}
      <Toasts />
      <TooltipLayer />
      <Suspense fallback={null}>
        {help && <HelpSheet />}
      </Suspense>
    </div>
  );
}

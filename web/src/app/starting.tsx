import { Button } from '@/components/button';
import { Logo } from '@/components/logo';
import { startSession } from '@/features/auth/state/session';
import { appStrings } from '@/i18n/app';
import { basicStrings } from '@/i18n/basics';

// Before it is known who is there: nothing for a moment, then the fruit; with a way on when the server is away.
export function Starting({ failed }: { failed: boolean }) {
  return (
    <div role="status" aria-label={basicStrings.words.loading} className="flex h-dvh flex-col items-center justify-center gap-4 px-6 text-center">
      <div className={failed ? '' : 'opacity-0 [animation:skeleton-in_150ms_400ms_both_reverse]'}>
        <Logo size={48} />
      </div>
      {failed && (
        <>
          <h1 className="text-title font-bold">{appStrings.app.unreachableTitle}</h1>
          <p className="max-w-sm text-soft">{appStrings.app.unreachableText}</p>
          <Button variant="primary" onClick={() => void startSession()}>{basicStrings.words.tryAgain}</Button>
        </>
      )}
    </div>
  );
}

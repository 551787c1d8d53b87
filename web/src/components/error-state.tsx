import { CloudOff } from 'lucide-react';
import { basicStrings } from '@/i18n/basics';
import { errorText } from '@/lib/errors';
import { Button } from './button';
import { EmptyState } from './empty-state';

export function ErrorState({ title, error, onRetry }: { title: string; error: unknown; onRetry: () => void }) {
  return (
    <div role="alert" className="h-full">
      <EmptyState
        picture={<CloudOff size={32} strokeWidth={1.5} aria-hidden />}
        title={title}
        text={errorText(error)}
        action={<Button onClick={onRetry}>{basicStrings.words.tryAgain}</Button>}
      />
    </div>
  );
}

import { CloudOff } from 'lucide-react';
import { commonStrings } from '@/i18n/common';
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
        action={<Button onClick={onRetry}>{commonStrings.common.tryAgain}</Button>}
      />
    </div>
  );
}

import { CloudOff } from 'lucide-react';
import { errorText } from '@/lib/errors';
import { strings } from '@/lib/strings';
import { Button } from './button';
import { EmptyState } from './empty-state';

export function ErrorState({ title, error, onRetry }: { title: string; error: unknown; onRetry: () => void }) {
  return (
    <div role="alert" className="h-full">
      <EmptyState
        picture={<CloudOff size={32} strokeWidth={1.5} aria-hidden />}
        title={title}
        text={errorText(error)}
        action={<Button onClick={onRetry}>{strings.common.tryAgain}</Button>}
      />
    </div>
  );
}

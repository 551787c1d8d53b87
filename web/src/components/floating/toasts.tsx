import { X } from 'lucide-react';
import { IconButton } from '@/components/icon-button';
import { basicStrings } from '@/i18n/basics';
import { cn } from '@/lib/cn';
import { dismissToast, useNotices } from './notices';

export function Toasts() {
  const toasts = useNotices((state) => state.toasts);
  return (
    <div role="status" aria-live="polite" className="pointer-events-none fixed inset-x-0 bottom-20 z-40 flex flex-col items-center gap-2 px-3">
      {toasts.map((toast) => (
        <div
          key={toast.id}
          className={cn(
            'enter-pop pointer-events-auto flex max-w-lg items-center gap-2 rounded-md py-1.5 ps-4 pe-1.5 shadow-float',
            toast.tone === 'bad' ? 'bg-bad-soft text-bad' : 'bg-raised text-ink',
          )}
        >
          <span className="min-w-0 py-1">{toast.text}</span>
          <IconButton icon={X} size="small" label={basicStrings.words.dismiss} onClick={() => dismissToast(toast.id)} />
        </div>
      ))}
    </div>
  );
}

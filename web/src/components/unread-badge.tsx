import { conversationsStrings } from '@/i18n/conversations';
import { cn } from '@/lib/cn';

interface UnreadBadgeProps {
  // All that is unread, and how much of it calls for the reader.
  count: number;
  calls: number;
}

// Amber says how much calls for the reader; a quiet count says how much waits.
export function UnreadBadge({ count, calls }: UnreadBadgeProps) {
  if (count <= 0) return null;
  const shown = calls > 0 ? calls : count;
  return (
    <span
      data-mark={calls > 0 ? 'full' : undefined}
      className={cn(
        'tabular inline-flex h-5 min-w-5 shrink-0 items-center justify-center rounded-full px-1.5 text-small',
        calls > 0 ? 'bg-accent font-bold text-accent-ink' : 'font-medium text-soft',
      )}
    >
      <span aria-hidden>{shown > 99 ? '99+' : shown}</span>
      <span className="sr-only">{calls > 0 ? conversationsStrings.calls(count, calls) : conversationsStrings.unread(count)}</span>
    </span>
  );
}

import { CircleAlert, Clock } from 'lucide-react';
import { Button } from '@/components/button';
import { Markdown } from '@/components/markdown/markdown';
import { discardMessage, retryMessage, type OutboxEntry } from '@/features/composer/entry';
import { messagesStrings } from '@/i18n/messages';
import { cn } from '@/lib/cn';
import { useConnectionDown } from '@/realtime/use-connection';

// A message on its way: faint until the receipt; a failed one stays, with why and what to do.
export function PendingText({ entry }: { entry: OutboxEntry }) {
  const down = useConnectionDown();
  return (
    <>
      <div data-pending={entry.state} className={cn('transition-opacity', entry.state !== 'acknowledged' && 'opacity-55')}>
        <Markdown text={entry.text} />
      </div>
      {entry.state === 'waiting' && down && (
        <p className="flex items-center gap-1.5 text-small text-faint">
          <Clock size={14} aria-hidden /> {messagesStrings.waiting}
        </p>
      )}
      {entry.state === 'failed' && (
        <div role="alert" className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-small text-bad">
          <span className="inline-flex items-center gap-1.5">
            <CircleAlert size={14} aria-hidden className="shrink-0" /> {messagesStrings.notSent} {entry.reason}
          </span>
          <span className="inline-flex gap-1">
            <Button size="small" onClick={() => retryMessage(entry.clientId)}>{messagesStrings.retry}</Button>
            <Button size="small" variant="quiet_danger" onClick={() => discardMessage(entry.clientId)}>{messagesStrings.discard}</Button>
          </span>
        </div>
      )}
    </>
  );
}

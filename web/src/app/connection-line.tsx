import { CloudOff } from 'lucide-react';
import { appStrings } from '@/i18n/app';
import { useNow } from '@/lib/hooks/use-now';
import { live } from '@/realtime/live';
import { useConnection, useConnectionDown } from '@/realtime/use-connection';

// Nothing while all is well; after two seconds of silence, the truth and a way to hurry.
export function ConnectionLine() {
  const down = useConnectionDown();
  return <div role="status" aria-live="polite">{down && <Line />}</div>;
}

function Line() {
  const connection = useConnection();
  const now = useNow(500);
  const waiting = connection.phase === 'waiting';
  const seconds = waiting ? Math.max(1, Math.ceil((connection.retryAt - now.getTime()) / 1000)) : 0;
  const text =
    connection.phase === 'offline' ? appStrings.connection.offline
    : waiting ? appStrings.connection.waiting(seconds)
    : appStrings.connection.connecting;
  return (
    <div data-connection={connection.phase} className="flex min-h-8 items-center justify-center gap-2 bg-warn-soft px-3 text-small text-warn">
      <CloudOff size={14} aria-hidden className="shrink-0" />
      <span className="tabular">{text}</span>
      {waiting && (
        <button type="button" onClick={() => live.retryNow()} className="rounded-sm px-1 font-medium underline underline-offset-2 pointer-coarse:min-h-11">
          {appStrings.connection.tryNow}
        </button>
      )}
    </div>
  );
}

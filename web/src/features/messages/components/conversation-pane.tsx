import { useEffect, useState, type ReactNode } from 'react';
import type { Chat } from '@/api/contracts.gen';
import { ErrorState } from '@/components/error-state';
import { MessagesSkeleton } from '@/components/skeleton';
import { showNewest, showSeq } from '@/features/chat/entry';
import { useIsBlank } from '@/features/messages/state/use-message-rows';
import { useMessages } from '@/features/messages/state/use-messages';
import { messagesStrings } from '@/i18n/messages';
import { MessageList } from './message-list';
import type { RowContext } from './message-row';

interface ConversationPaneProps {
  chat: Chat;
  targetSeq: number | null;
  // Below the messages: the composer, or why one cannot write.
  footer: ReactNode;
  // In the place of the messages while there are none.
  blank?: ReactNode;
  answer: RowContext['answer'];
}

// Keyed by chat: each chat opens with its own state.
export function ConversationPane({ chat, targetSeq, footer, blank, answer }: ConversationPaneProps) {
  const { data: window, error, isError, refetch } = useMessages(chat);
  // Why the address's message is not shown.
  const [lost, setLost] = useState<'missing' | 'failed' | null>(null);
  const isBlank = useIsBlank(chat.id, window);
  const isLoaded = window !== undefined;
  useEffect(() => {
    setLost(null);
    if (!isLoaded || targetSeq === null) return;
    let gone = false;
    const lose = async (why: 'missing' | 'failed') => {
      await showNewest(chat.id).catch(() => undefined);
      if (!gone) setLost(why);
    };
    showSeq(chat.id, targetSeq).then((found) => void (found || gone || lose('missing')), () => void (gone || lose('failed')));
    return () => {
      gone = true;
    };
  }, [chat.id, isLoaded, targetSeq]);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      {lost !== null && (
        <p role="alert" className="bg-warn-soft px-3 py-2 text-small text-warn md:px-5">
          {lost === 'missing' ? messagesStrings.placeMissing : messagesStrings.placeFailed}
        </p>
      )}
      {isBlank && blank ? (
        blank
      ) : window ? (
        <MessageList chat={chat} window={window} targetSeq={targetSeq} missing={lost !== null} canWrite={!chat.archived} answer={answer} />
      ) : isError ? (
        <div className="min-h-0 flex-1">
          <ErrorState title={messagesStrings.failed} error={error} onRetry={() => void refetch()} />
        </div>
      ) : (
        <MessagesSkeleton />
      )}
      {footer}
    </div>
  );
}

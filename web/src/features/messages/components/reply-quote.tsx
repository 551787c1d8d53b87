import { CornerUpLeft } from 'lucide-react';
import { Link } from 'react-router';
import { Handle } from '@/components/handle';
import { cachedMessage } from '@/features/chat/entry';
import { messagesStrings } from '@/i18n/messages';
import { previewOf } from '@/lib/preview';

// The message that is answered, in one line; it leads there.
export function ReplyQuote({ chatId, messageId }: { chatId: string; messageId: string }) {
  const quoted = cachedMessage(chatId, messageId);
  const className = 'mb-0.5 flex max-w-full items-center gap-1.5 text-small text-faint';
  if (!quoted || quoted.seq === null) {
    return (
      <p className={className}>
        <CornerUpLeft size={14} aria-hidden className="shrink-0" /> {messagesStrings.replyToEarlier}
      </p>
    );
  }
  return (
    <Link to={`/c/${chatId}/m/${quoted.seq}`} className={`${className} w-fit rounded-sm hover:text-ink`}>
      <CornerUpLeft size={14} aria-hidden className="shrink-0" />
      <span className="sr-only">{messagesStrings.replyTo}</span>
      <span className="flex max-w-2/3 shrink-0 items-baseline gap-1 font-medium text-soft">
        <bdi className="truncate">{quoted.sender.display_name}</bdi>
        <Handle of={quoted.sender} />
      </span>
      <span className="truncate" dir="auto">
        {quoted.deleted_at ? messagesStrings.deleted : previewOf(quoted)}
      </span>
    </Link>
  );
}

import { CornerUpLeft, X } from 'lucide-react';
import { Handle } from '@/components/handle';
import { IconButton } from '@/components/icon-button';
import { cachedMessage } from '@/features/chat/entry';
import { changeDraft } from '@/features/composer/state/drafts-store';
import { composerStrings } from '@/i18n/composer';
import { previewOf } from '@/lib/preview';

export function ReplyingTo({ chatId, messageId }: { chatId: string; messageId: string }) {
  const message = cachedMessage(chatId, messageId);
  return (
    <div className="flex items-center gap-2 border-b border-line py-1 ps-3 pe-1 text-small text-soft">
      <CornerUpLeft size={14} aria-hidden className="shrink-0 text-accent-text" />
      <span className="min-w-0 flex-1 truncate">
        {composerStrings.composer.replyingTo} <span className="font-medium text-ink">{message?.sender.display_name ?? ''}</span> <Handle of={message?.sender} />{' '}
        <span className="text-faint" dir="auto">{message ? previewOf(message) : ''}</span>
      </span>
      <IconButton icon={X} size="small" label={composerStrings.composer.cancelReply} onClick={() => changeDraft(chatId, { replyTo: null })} />
    </div>
  );
}

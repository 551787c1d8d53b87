import { Ban } from 'lucide-react';
import type { Message } from '@/api/contracts.gen';
import { Markdown } from '@/components/markdown/markdown';
import { messagesStrings } from '@/i18n/messages';
import { fullTime } from '@/lib/time';
import { Fold } from './fold';

export function MessageText({ message }: { message: Message }) {
  if (message.deleted_at) {
    return (
      <p className="flex items-center gap-1.5 text-faint italic">
        <Ban size={14} aria-hidden /> {messagesStrings.deleted}
      </p>
    );
  }
  return (
    <div className={message.edited_at ? 'edited-text' : undefined}>
      <Fold id={message.id} text={message.text}>
        <Markdown text={message.text} mentioned={message.mentions} />
      </Fold>
      {message.edited_at && (
        <span className="ms-1 text-small text-faint" data-tip={fullTime(message.edited_at)}>
          {messagesStrings.edited}
        </span>
      )}
    </div>
  );
}

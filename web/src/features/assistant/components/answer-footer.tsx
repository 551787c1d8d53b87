import { RotateCcw } from 'lucide-react';
import type { Chat, Message } from '@/api/contracts.gen';
import { CopyButton } from '@/components/copy-button';
import { IconButton } from '@/components/icon-button';
import type { Answer } from '@/features/assistant/state/answer';
import { tryAgain } from '@/features/assistant/state/answer-actions';
import { assistantStrings } from '@/i18n/assistant';
import { cn } from '@/lib/cn';
import { AnswerDetails } from './answer-details';

export interface AnswerRowProps {
  chat: Chat;
  // Null for an answer of a time before answers had ids.
  answerId: string | null;
  message: Message | null;
  createdAt: string;
  meId: string;
  canWrite: boolean;
  // The last one of the chat: it can be asked for again.
  last: boolean;
  // Pointed at or in focus.
  hot: boolean;
}

interface AnswerFooterProps extends AnswerRowProps {
  answer: Answer | undefined;
  text: string;
}

// Below an ended answer: what can be done with it, and on hover what it took. Its place is kept while it is not seen.
export function AnswerFooter({ chat, answerId, answer, message, text, canWrite, last, hot }: AnswerFooterProps) {
  const failed = answer?.state === 'failed' && !message;
  // Between the messages of a room it takes no place: it lies over what is below while one points at the answer.
  const over = chat.kind !== 'assistant' && !last;
  if (over && !hot) return null;
  return (
    <div
      className={cn(
        'flex items-center gap-0.5 pointer-coarse:h-11',
        over ? 'absolute top-full z-10 -mt-2 rounded-md border border-line bg-raised p-0.5' : '-ms-1.5 h-8 transition-opacity',
        !last && !hot && 'opacity-0 focus-within:opacity-100',
      )}
    >
      {text !== '' && <CopyButton text={text} label={assistantStrings.answers.copyAnswer} tipSide="bottom" className="pointer-coarse:size-11" />}
      {last && canWrite && !failed && (
        <IconButton icon={RotateCcw} size="small" label={assistantStrings.answers.regenerate} tipSide="bottom" className="pointer-coarse:size-11" onClick={() => tryAgain(chat.id)} />
      )}
      {hot && answerId && <AnswerDetails id={answerId} />}
    </div>
  );
}

import { Check, Copy, RotateCcw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from '@/components/icon-button';
import type { Answer } from '@/lib/answer';
import { tryAgain } from '@/lib/answer-actions';
import { copyText } from '@/lib/clipboard';
import { cn } from '@/lib/cn';
import { strings } from '@/lib/strings';
import { AnswerDetails } from './answer-details';
import type { AnswerRowProps } from './answer-row';

interface AnswerFooterProps extends AnswerRowProps {
  answer: Answer | undefined;
  text: string;
}

// Below an ended answer: what can be done with it, and on hover what it took. Its place is kept while it is not seen.
export function AnswerFooter({ chat, answerId, answer, message, text, canWrite, last, hot }: AnswerFooterProps) {
  const failed = answer?.state === 'failed' && !message;
  const shown = last || hot;
  return (
    <div className={cn('-ms-1.5 flex h-8 items-center pointer-coarse:h-11 gap-0.5 transition-opacity', !shown && 'opacity-0 focus-within:opacity-100')}>
      {text !== '' && <CopyAnswer text={text} />}
      {last && canWrite && !failed && (
        <IconButton icon={RotateCcw} size="small" label={strings.answers.regenerate} tipSide="bottom" className="pointer-coarse:size-11" onClick={() => tryAgain(chat.id)} />
      )}
      {hot && answerId && <AnswerDetails id={answerId} />}
    </div>
  );
}

function CopyAnswer({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_600);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <IconButton
      icon={copied ? Check : Copy}
      size="small"
      tipSide="bottom"
      className="pointer-coarse:size-11"
      label={copied ? strings.common.copied : strings.answers.copyAnswer}
      onClick={() => void copyText(text).then(() => setCopied(true))}
    />
  );
}

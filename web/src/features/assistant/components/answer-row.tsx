import { memo } from 'react';
import type { Message } from '@/api/contracts.gen';
import { GrowingMarkdown } from '@/components/markdown/markdown';
import { isEnded, type Answer } from '@/features/assistant/state/answer';
import { useAnswer } from '@/features/assistant/state/answers';
import { useModelLabel } from '@/features/assistant/state/use-models';
import { assistantStrings } from '@/i18n/assistant';
import { clockTime, fullTime } from '@/lib/time';
import { AnswerFooter, type AnswerRowProps } from './answer-footer';
import { AnswerState } from './answer-state';

// An answer, from the first word until long after it is a message: the same elements all the time, so that
// nothing jumps when it becomes one.
export const AnswerRow = memo(function AnswerRow(props: AnswerRowProps) {
  const { answerId, message, createdAt } = props;
  const answer = useAnswer(answerId);
  const text = message?.text ?? answer?.text ?? '';
  const ended = message !== null || answer === undefined || isEnded(answer);
  return (
    <div data-answer={answerId ?? undefined} data-answer-state={message ? 'message' : answer?.state} className="max-w-answer min-w-0">
      <AnswerHeading answer={answer} message={message} createdAt={createdAt} />
      {answer?.notice && <p className="mb-1 text-small text-faint">{answer.notice}</p>}
      {text !== '' && <GrowingMarkdown text={text} ended={ended} />}
      {answer && (!message || answer.state !== 'succeeded') && <AnswerState answer={answer} {...props} />}
      {ended && <AnswerFooter {...props} answer={answer} text={text} />}
    </div>
  );
});

interface AnswerHeadingProps {
  answer: Answer | undefined;
  message: Message | null;
  createdAt: string;
}

function AnswerHeading({ answer, message, createdAt }: AnswerHeadingProps) {
  const label = useModelLabel(answer?.model);
  const name = message?.sender.display_name ?? label ?? assistantStrings.answers.assistant;
  return (
    <header className="flex items-baseline gap-2">
      <span className="truncate text-base font-bold" dir="auto">{name}</span>
      <time dateTime={createdAt} className="shrink-0 text-small text-faint" data-tip={fullTime(createdAt)}>
        {clockTime(createdAt)}
      </time>
    </header>
  );
}

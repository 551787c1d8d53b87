import { CircleAlert, CircleStop, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { Chat } from '@/api/contracts.gen';
import { Button } from '@/components/button';
import { isEnded, type Answer } from '@/features/assistant/state/answer';
import { stopAnswer, tryAgain } from '@/features/assistant/state/answer-actions';
import { useMyRunning } from '@/features/assistant/state/answers';
import { assistantStrings } from '@/i18n/assistant';
import { useConnectionDown } from '@/realtime/use-connection';
import { stateWords } from './answer-words';

interface AnswerStateProps {
  answer: Answer;
  chat: Chat;
  meId: string;
  canWrite: boolean;
  last: boolean;
}

// Where an answer stands, in words: waiting, stopped, failed and why.
export function AnswerState({ answer, chat, meId, canWrite, last }: AnswerStateProps) {
  const down = useConnectionDown();
  const words = stateWords(answer);
  const runsNow = useMyRunning(chat.id, meId);
  if (!isEnded(answer)) {
    return (
      <div className="flex min-h-8 flex-wrap pointer-coarse:min-h-11 items-center gap-x-3 text-small text-faint">
        {down ? <span>{assistantStrings.answers.offline}</span> : words && <Waiting text={words.text} />}
        {answer.userId === meId && answer.state === 'queued' && runsNow !== answer.id && <StopQueued id={answer.id} />}
      </div>
    );
  }
  if (!words) return null;
  if (words.tone !== 'bad') {
    return (
      <p className="flex min-h-8 items-center gap-1.5 text-small text-faint">
        <CircleStop size={14} aria-hidden className="shrink-0" /> {words.text}
      </p>
    );
  }
  return (
    <div className="my-1 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-bad-soft px-3 py-2 text-small text-bad">
      <span className="flex min-w-0 flex-1 basis-64 gap-2">
        <CircleAlert size={16} aria-hidden className="mt-0.5 shrink-0" /> {words.text}
      </span>
      {canWrite && last && (
        <Button size="small" onClick={() => tryAgain(chat.id)}>
          <RotateCcw size={14} aria-hidden /> {assistantStrings.answers.retry}
        </Button>
      )}
    </div>
  );
}

function Waiting({ text }: { text: string }) {
  return (
    <span className="inline-flex items-center gap-2">
      <span aria-hidden data-mark className="answer-pulse size-2 rounded-full bg-accent" />
      {text}
    </span>
  );
}

// One that waits is not the one that the composer's Stop ends, so it has its own.
function StopQueued({ id }: { id: string }) {
  const [busy, setBusy] = useState(false);
  const stop = () => {
    setBusy(true);
    void stopAnswer(id).finally(() => setBusy(false));
  };
  return (
    <button type="button" disabled={busy} onClick={stop} className="rounded-sm px-1 font-medium text-soft underline underline-offset-2 hover:text-ink pointer-coarse:min-h-11">
      {busy ? assistantStrings.answers.stopping : assistantStrings.answers.stop}
    </button>
  );
}

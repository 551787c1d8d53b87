import type { Answer } from '@/features/assistant/state/answer';
import { strings } from '@/lib/strings';

export interface StateWords {
  text: string;
  tone: 'busy' | 'quiet' | 'bad';
}

// The state of an answer in words; null where the text speaks for itself.
export function stateWords(answer: Pick<Answer, 'state' | 'queuePosition' | 'text' | 'error'>): StateWords | null {
  switch (answer.state) {
    case 'queued':
      return { text: strings.answers.queued(answer.queuePosition), tone: 'busy' };
    case 'streaming':
      return answer.text === '' ? { text: strings.answers.waiting, tone: 'busy' } : null;
    case 'canceled':
      return { text: answer.text === '' ? strings.answers.stoppedEmpty : strings.answers.stopped, tone: 'quiet' };
    case 'failed':
      return { text: failureText(answer), tone: 'bad' };
    case 'succeeded':
      return answer.text === '' ? { text: strings.answers.empty, tone: 'quiet' } : null;
  }
}

// What happened and, where the server's code is known, what to do about it.
function failureText({ error, text }: Pick<Answer, 'error' | 'text'>): string {
  const lead = text === '' ? strings.answers.failed : strings.answers.failedLater;
  const why = strings.answers.why[error?.code ?? ''] ?? strings.errors.byCode[error?.code ?? ''] ?? error?.message ?? '';
  return why ? `${lead} ${why}` : lead;
}

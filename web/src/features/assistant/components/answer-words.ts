import type { Answer } from '@/features/assistant/state/answer';
import { assistantStrings } from '@/i18n/assistant';
import { errorsStrings } from '@/i18n/errors';

export interface StateWords {
  text: string;
  tone: 'busy' | 'quiet' | 'bad';
}

// The state of an answer in words; null where the text speaks for itself.
export function stateWords(answer: Pick<Answer, 'state' | 'queuePosition' | 'text' | 'error'>): StateWords | null {
  switch (answer.state) {
    case 'queued':
      return { text: assistantStrings.answers.queued(answer.queuePosition), tone: 'busy' };
    case 'streaming':
      return answer.text === '' ? { text: assistantStrings.answers.waiting, tone: 'busy' } : null;
    case 'canceled':
      return { text: answer.text === '' ? assistantStrings.answers.stoppedEmpty : assistantStrings.answers.stopped, tone: 'quiet' };
    case 'failed':
      return { text: failureText(answer), tone: 'bad' };
    case 'succeeded':
      return answer.text === '' ? { text: assistantStrings.answers.empty, tone: 'quiet' } : null;
  }
}

// What happened and, where the server's code is known, what to do about it.
function failureText({ error, text }: Pick<Answer, 'error' | 'text'>): string {
  const lead = text === '' ? assistantStrings.answers.failed : assistantStrings.answers.failedLater;
  const why = assistantStrings.answers.why[error?.code ?? ''] ?? errorsStrings.byCode[error?.code ?? ''] ?? error?.message ?? '';
  return why ? `${lead} ${why}` : lead;
}

import { editMessage } from '@/api/chats';
import type { Message, Model, StartedGeneration } from '@/api/contracts.gen';
import { cancelGeneration, startGeneration } from '@/api/generations';
import { keys, queryClient } from '@/api/query-client';
import { showToast } from '@/components/floating/notices';
import { useSession } from '@/features/auth/entry';
import { cachedChat, changeWindow, noteChangedMessage, replaceMessage } from '@/features/chat/entry';
import { assistantStrings } from '@/i18n/assistant';
import { errorText } from '@/lib/errors';
import { makeClientId } from '@/lib/ids';
import { isEnded } from './answer';
import { answers } from './answers';
import { modelOf } from './use-models';

// What can be done to an answer, the same from its buttons and the keyboard.

const meId = (): string => useSession.getState().user?.id ?? '';

// Shows an answer from the moment that the server has promised it, under the name that it will most likely have.
export function noteStarted(chatId: string, reply: StartedGeneration): void {
  answers.started(chatId, meId(), reply);
  if (answers.current(reply.generationId)?.model) return;
  const models = queryClient.getQueryData<Model[]>(keys.models);
  answers.patch(reply.generationId, { model: modelOf(models, cachedChat(chatId)?.assistant?.model)?.id ?? null });
}

// Ends an answer. The events say how it went; the reply counts when they do not come.
export async function stopAnswer(id: string): Promise<void> {
  try {
    const { state } = await cancelGeneration(id);
    const answer = answers.current(id);
    if (answer && !isEnded(answer) && state !== 'queued' && state !== 'streaming') answers.patch(id, { state, queuePosition: null });
  } catch {
    showToast(assistantStrings.answers.stopFailed, 'bad');
  }
}

// Asks the last question of a chat again. `clientId` stands for one wish: sent twice, it is one answer.
export async function answerAgain(chatId: string, clientId = makeClientId()): Promise<void> {
  const reply = await startGeneration(chatId, { client_id: clientId, regenerate: true });
  noteStarted(chatId, reply);
}

const trying = new Set<string>();

// From a button: pressed twice, it is one wish.
export function tryAgain(chatId: string): void {
  if (trying.has(chatId)) return;
  trying.add(chatId);
  answerAgain(chatId)
    .catch((error: unknown) => showToast(errorText(error), 'bad'))
    .finally(() => trying.delete(chatId));
}

// Puts a new text in the place of the last question and has it answered.
export async function editAndAsk(question: Message, text: string, clientId: string): Promise<void> {
  if (text !== question.text) {
    const saved = await editMessage(question.chat_id, question.id, text);
    changeWindow(question.chat_id, (window) => replaceMessage(window, saved));
    noteChangedMessage(saved);
  }
  await answerAgain(question.chat_id, clientId);
}

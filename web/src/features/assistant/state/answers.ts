import { useCallback, useSyncExternalStore } from 'react';
import { getGeneration } from '@/api/generations';
import { cachedChat, cachedWindow, catchUp } from '@/features/chat/entry';
import { isEnded, type Answer } from './answer';
import { createAnswerStore, type AnswerPlace } from './answer-store';
import { followAnswer } from './answer-voice';

// The tab's answers, wired to the server and to what is loaded of the chats.

const hiddenMilliseconds = 250;
const arrivalMilliseconds = 2_500;

function withNextFrame(flush: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(flush);
  else setTimeout(flush, hiddenMilliseconds);
}

export const answers = createAnswerStore({
  load: (id) => getGeneration(id),
  schedule: withNextFrame,
  now: () => new Date(),
  lastSeq: (chatId) => Math.max(cachedWindow(chatId)?.lastSeq ?? 0, cachedChat(chatId)?.last_seq ?? 0),
  onChange: followAnswer,
  // The message comes by itself; where it does not, it is fetched.
  onEnd: ({ id, chatId }) => setTimeout(() => {
    const answer = answers.current(id);
    if (answer && answer.seq === null) catchUp(chatId).catch(() => undefined);
  }, arrivalMilliseconds),
});

export function useAnswer(id: string | null): Answer | undefined {
  return useSyncExternalStore(answers.subscribe, () => answers.shown(id));
}

// Where the answers of a chat stand; the same list until one comes, ends or moves.
export function useAnswerPlaces(chatId: string): readonly AnswerPlace[] {
  return useSyncExternalStore(answers.subscribe, () => answers.places(chatId));
}

// The answer that I asked for and that still runs in a chat: the oldest one, which Stop ends first.
export function useMyRunning(chatId: string, meId: string): string | null {
  const look = useCallback(
    () => answers.running(chatId).find((answer) => answer.userId === meId)?.id ?? null,
    [chatId, meId],
  );
  return useSyncExternalStore(answers.subscribe, look);
}

export const isRunning = (answer: Answer | undefined): boolean => answer !== undefined && !isEnded(answer);

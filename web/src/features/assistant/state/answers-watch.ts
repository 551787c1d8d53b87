import { chatFeed, type ChatEvent, type Generation } from '@/api/contracts.gen';
import { listGenerations } from '@/api/generations';
import { cachedWindow, openChatId, setReadOut } from '@/features/chat/entry';
import type { EventHandlers } from '@/realtime/event-table';
import { live, liveEvents, onLiveOpen } from '@/realtime/live';
import { isEnded } from './answer';
import { answers } from './answers';

// Keeps the answers of the open chat true: by live events, and when those do not come, after opening, without a connection,
// or when a running answer has been silent for long.

const everyMilliseconds = 3_000;
const silentMilliseconds = 20_000;
const newest = 4;

// What a chat's newest answers are: those that run, and one that came to nothing and is the last word.
export async function readAnswers(chatId: string): Promise<void> {
  const found = await listGenerations(chatId, newest);
  found.filter((generation) => !isEnded(generation)).forEach(answers.adopt);
  const last = found[0];
  if (last && isEnded(last) && last.message_id === null && isLastWord(chatId, last)) answers.adopt(last);
}

function isLastWord(chatId: string, { prompt_message_id: prompt }: Generation): boolean {
  const items = cachedWindow(chatId)?.items ?? [];
  return prompt !== null && items[items.length - 1]?.id === prompt;
}

const answerEvents: EventHandlers<ChatEvent> = {
  generation: (event, chatId) => answers.receive(chatId, event),
  message: ({ message }) => answers.settled(message),
  resync: ({ generations }, chatId) => {
    if (generations) answers.recheck(chatId);
  },
};

function recheckOpen(): void {
  const open = openChatId();
  if (open) answers.recheck(open);
}

export function startAnswersWatch(): () => void {
  const seen = new Map<string, { lastEventId: number; since: number }>();
  const look = () => {
    const chatId = openChatId();
    const running = chatId ? answers.running(chatId) : [];
    if (!chatId || running.length === 0) return seen.clear();
    const now = Date.now();
    let silent = !live.isOpen() && navigator.onLine;
    for (const { id, lastEventId } of running) {
      const known = seen.get(id);
      if (known?.lastEventId !== lastEventId) seen.set(id, { lastEventId, since: now });
      else if (now - known.since > silentMilliseconds) {
        silent = true;
        known.since = now;
      }
    }
    if (silent) answers.recheck(chatId);
  };
  const timer = setInterval(look, everyMilliseconds);
  const stops = [liveEvents.on(chatFeed, { events: answerEvents }), onLiveOpen(recheckOpen)];
  // A followed answer was read out while it came.
  setReadOut(({ generationId }) => generationId !== null && answers.current(generationId) !== undefined);
  return () => {
    clearInterval(timer);
    for (const stop of stops) stop();
    answers.clear();
  };
}

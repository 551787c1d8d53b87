import type { Generation, GenerationEvent, Message, StartedGeneration } from '@/api/contracts.gen';
import { advance, emptyAnswer, isEnded, withGeneration, withOrigin, type Answer, type AnswerOrigin } from './answer';

// Answers that are being written, outside React. Events change them at once; who looks on is told once a frame.

// The first event and a snapshot say whose answer it is.
const originOf = (event: GenerationEvent): AnswerOrigin => ('user_id' in event ? event : {});

export interface AnswerStoreOptions {
  load: (id: string) => Promise<Generation>;
  // Runs `flush` soon, with the next frame.
  schedule: (flush: () => void) => void;
  now: () => Date;
  lastSeq: (chatId: string) => number;
  onEnd: (answer: Answer) => void;
  onChange?: (answer: Answer) => void;
}

// Where an answer stands among the messages of its chat; changes rarely.
export type AnswerPlace = Pick<Answer, 'id' | 'createdAt' | 'seq' | 'afterSeq' | 'promptId'>;

const mostHeld = 2_000;
const mostTries = 5;
const firstPauseMilliseconds = 500;
const mostKept = 200;
const nothing: readonly AnswerPlace[] = [];

interface Loading {
  // Events that came meanwhile; null once there were too many to keep.
  held: Map<number, GenerationEvent> | null;
  again: boolean;
}

export function createAnswerStore(options: AnswerStoreOptions) {
  const answers = new Map<string, Answer>();
  // What was last told.
  const shown = new Map<string, Answer>();
  const places = new Map<string, readonly AnswerPlace[]>();
  const loading = new Map<string, Loading>();
  // When each was last loaded: a server that is behind is not asked again at once.
  const loadedAt = new Map<string, number>();
  const changed = new Set<string>();
  const listeners = new Set<() => void>();

  function write(next: Answer): void {
    const before = answers.get(next.id);
    if (before === next) return;
    const ends = isEnded(next) && !(before && isEnded(before));
    const stays = ends && next.seq === null && next.afterSeq === null;
    const stored = stays ? { ...next, afterSeq: options.lastSeq(next.chatId) } : next;
    answers.set(next.id, stored);
    if (!before) prune();
    options.onChange?.(stored);
    if (changed.size === 0) options.schedule(flush);
    changed.add(next.id);
    if (ends) options.onEnd(stored);
  }

  // The oldest that ended make room.
  function prune(): void {
    for (const [id, answer] of answers) {
      if (answers.size <= mostKept) return;
      if (isEnded(answer)) drop(id, answer.chatId);
    }
  }

  function drop(id: string, chatId: string): void {
    answers.delete(id);
    loadedAt.delete(id);
    shown.delete(id);
    changed.delete(id);
    rebuild(chatId);
  }

  function flush(): void {
    const chats = new Set<string>();
    for (const id of changed) {
      const answer = answers.get(id);
      const before = shown.get(id);
      if (!answer) continue;
      if (!before || !samePlace(before, answer)) chats.add(answer.chatId);
      shown.set(id, answer);
    }
    changed.clear();
    for (const chatId of chats) rebuild(chatId);
    for (const listener of listeners) listener();
  }

  function rebuild(chatId: string): void {
    const list = [...answers.values()].filter((answer) => answer.chatId === chatId && shown.has(answer.id));
    places.set(chatId, list.map(({ id, createdAt, seq, afterSeq, promptId }) => ({ id, createdAt, seq, afterSeq, promptId })));
  }

  function receive(chatId: string, event: GenerationEvent): void {
    const id = event.generationId;
    const waiting = loading.get(id);
    if (waiting && event.event.type !== 'snapshot') return hold(waiting, event);
    const known = answers.get(id) ?? emptyAnswer(id, chatId, options.now().toISOString());
    const next = advance(withOrigin(known, originOf(event)), event.event_id, event.event);
    if (next !== 'gap') return write(next);
    // What is over lacks nothing that anybody waits for.
    if (isEnded(known)) return;
    write(withOrigin(known, originOf(event)));
    const entry = startLoading(id);
    if (entry) hold(entry, event);
  }

  function hold(waiting: Loading, event: GenerationEvent): void {
    if (!waiting.held || waiting.held.size >= mostHeld) {
      waiting.held = null;
      waiting.again = true;
      return;
    }
    waiting.held.set(event.event_id, event);
  }

  function startLoading(id: string): Loading | null {
    if (loading.has(id)) return null;
    const entry: Loading = { held: new Map(), again: false };
    loading.set(id, entry);
    const wait = (loadedAt.get(id) ?? 0) + firstPauseMilliseconds - options.now().getTime();
    if (wait <= 0) void load(id, entry, 1);
    else setTimeout(() => void load(id, entry, 1), wait);
    return entry;
  }

  async function load(id: string, entry: Loading, attempt: number): Promise<void> {
    try {
      const found = await options.load(id);
      loading.delete(id);
      loadedAt.set(id, options.now().getTime());
      adopt(found);
      for (const event of [...(entry.held?.values() ?? [])].sort((a, b) => a.event_id - b.event_id)) receive(found.chat_id, event);
      const after = answers.get(id);
      if (entry.again && after && !isEnded(after)) startLoading(id);
    } catch {
      // Without an answer nothing is lost: the next event or reconnection asks again.
      if (attempt >= mostTries || !answers.has(id)) return void loading.delete(id);
      setTimeout(() => void load(id, entry, attempt + 1), firstPauseMilliseconds * 2 ** attempt);
    }
  }

  function adopt(found: Generation): void {
    const known = answers.get(found.generationId) ?? emptyAnswer(found.generationId, found.chat_id, found.created_at);
    write(withGeneration(known, found));
  }

  function started(chatId: string, userId: string, reply: StartedGeneration): void {
    const fresh = emptyAnswer(reply.generationId, chatId, options.now().toISOString());
    const known = withOrigin(answers.get(reply.generationId) ?? fresh, { user_id: userId, prompt_message_id: reply.message?.id });
    const first = known.lastEventId === 0 && !isEnded(known);
    write(first ? { ...known, state: reply.state, queuePosition: reply.queue_position } : known);
    const after = answers.get(reply.generationId);
    // A repeated request names an answer that may be over.
    if (first && after && isEnded(after)) startLoading(reply.generationId);
  }

  // The answer became a message: nothing more comes, whether or not `done` was seen.
  function settled(message: Message): void {
    const known = message.generationId ? answers.get(message.generationId) : undefined;
    if (!known) return;
    const state = isEnded(known) ? known.state : known.error ? 'failed' : 'succeeded';
    const text = message.deleted_at ? known.text : message.text;
    if (known.seq === message.seq && known.state === state && known.text === text) return;
    write({ ...known, state, text, seq: message.seq, queuePosition: null });
  }

  // After a break in the connection: what has not ended may have gone on unseen.
  function recheck(chatId: string): void {
    for (const answer of answers.values()) {
      if (answer.chatId === chatId && !isEnded(answer)) startLoading(answer.id);
    }
  }

  return {
    receive,
    adopt,
    started,
    settled,
    recheck,
    patch: (id: string, change: Partial<Answer>) => {
      const known = answers.get(id);
      if (known) write({ ...known, ...change });
    },
    current: (id: string) => answers.get(id),
    running: (chatId: string) => [...answers.values()].filter((answer) => answer.chatId === chatId && !isEnded(answer)),
    shown: (id: string | null) => (id ? shown.get(id) : undefined),
    places: (chatId: string) => places.get(chatId) ?? nothing,
    clear: () => {
      for (const map of [answers, shown, places, loading, loadedAt]) map.clear();
      changed.clear();
    },
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

function samePlace(a: Answer, b: Answer): boolean {
  return a.seq === b.seq && a.afterSeq === b.afterSeq && a.promptId === b.promptId && a.createdAt === b.createdAt;
}

export type AnswerStore = ReturnType<typeof createAnswerStore>;

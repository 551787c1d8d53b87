import type {
  AnswerEvent, AnswerSnapshot, Generation, GenerationBegan, GenerationError, GenerationState,
} from '@/api/contracts.gen';

// One answer of an assistant while it comes: a pure value, moved on by numbered events.

export interface Answer {
  id: string;
  chatId: string;
  // Who asked; null while that is not known.
  userId: string | null;
  model: string | null;
  promptId: string | null;
  state: GenerationState;
  // 1 is the next one; null when it is not waiting.
  queuePosition: number | null;
  text: string;
  lastEventId: number;
  error: GenerationError | null;
  // What the server says of how it is answered, such as that older messages were left out.
  notice: string | null;
  usage: { inputTokens: number; outputTokens: number } | null;
  createdAt: string;
  // Of the message that the answer became.
  seq: number | null;
  // How far the chat was when the answer ended without a message: there it stays.
  afterSeq: number | null;
}

// Whose answer it is, as far as an event says it.
export type AnswerOrigin = Partial<Pick<GenerationBegan, 'user_id' | 'model' | 'prompt_message_id'>>;

export const isEnded = (answer: Pick<Answer, 'state'>): boolean =>
  answer.state === 'succeeded' || answer.state === 'failed' || answer.state === 'canceled';

export function emptyAnswer(id: string, chatId: string, createdAt: string): Answer {
  return {
    id, chatId, userId: null, model: null, promptId: null, state: 'queued', queuePosition: null, text: '', lastEventId: 0,
    error: null, notice: null, usage: null, createdAt, seq: null, afterSeq: null,
  };
}

export function withOrigin(answer: Answer, origin: AnswerOrigin): Answer {
  const next = {
    userId: origin.user_id ?? answer.userId,
    model: origin.model ?? answer.model,
    promptId: origin.prompt_message_id ?? answer.promptId,
  };
  const same = next.userId === answer.userId && next.model === answer.model && next.promptId === answer.promptId;
  return same ? answer : { ...answer, ...next };
}

// The answer after an event: itself for one that is known already, `gap` when events before it are missing.
export function advance(answer: Answer, eventId: number, event: AnswerEvent | AnswerSnapshot): Answer | 'gap' {
  if (event.type === 'snapshot') return takeSnapshot(answer, eventId, event);
  if (eventId <= answer.lastEventId) return answer;
  if (eventId > answer.lastEventId + 1) return 'gap';
  return { ...answer, ...change(answer, event), lastEventId: eventId };
}

function takeSnapshot(answer: Answer, eventId: number, snapshot: AnswerSnapshot): Answer {
  if (eventId < answer.lastEventId || isEnded(answer)) return answer;
  return { ...answer, text: snapshot.text, state: snapshot.state, queuePosition: snapshot.queue_position, lastEventId: eventId };
}

function change(answer: Answer, event: AnswerEvent): Partial<Answer> {
  switch (event.type) {
    case 'state':
      return { state: event.state, queuePosition: event.state === 'queued' ? (event.queue_position ?? answer.queuePosition) : null };
    case 'delta':
      return { text: answer.text + event.delta, state: 'streaming', queuePosition: null };
    case 'reset':
      return { text: '' };
    case 'notice':
      return { notice: event.message };
    case 'usage':
      return { usage: { inputTokens: event.inputTokens, outputTokens: event.outputTokens } };
    case 'error':
      return { error: { code: event.code, message: event.message } };
    case 'done':
      return { state: endOf(answer), queuePosition: null };
    default:
      // An event of a later server: it counts, but says nothing here.
      return {};
  }
}

function endOf(answer: Answer): GenerationState {
  if (isEnded(answer)) return answer.state;
  return answer.error ? 'failed' : 'succeeded';
}

// What the server says of the whole answer; what is known to be later stays.
export function withGeneration(answer: Answer, found: Generation): Answer {
  const known = withOrigin(answer, { ...found, prompt_message_id: found.prompt_message_id });
  const base = { ...known, createdAt: found.created_at };
  const usage = found.outputTokens > 0 || found.inputTokens > 0 ? { inputTokens: found.inputTokens, outputTokens: found.outputTokens } : known.usage;
  if (found.last_event_id < known.lastEventId && !isEnded(found)) return base;
  return {
    ...base,
    usage,
    state: found.state,
    queuePosition: found.queue_position,
    text: found.text.length >= known.text.length || found.last_event_id > known.lastEventId ? found.text : known.text,
    lastEventId: Math.max(known.lastEventId, found.last_event_id),
    error: found.error,
  };
}

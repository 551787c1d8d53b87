import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnswerEvent, AnswerSnapshot, Generation } from '@/api/contracts.gen';
import { message } from '@/testing/messages';
import { createAnswerStore } from './answer-store';

const chat = 'chat';

function generation(change: Partial<Generation>): Generation {
  return {
    generationId: 'g', chat_id: chat, user_id: 'ada', state: 'streaming', queue_position: null, model: 'm', provider: null,
    system_prompt: null, temperature: null, max_tokens: null, inputTokens: 0, outputTokens: 0, created_at: '2026-06-01T12:00:00.000Z',
    started_at: null, finished_at: null, error: null, request_id: 'r', text: '', last_event_id: 0, prompt_message_id: 'id-1',
    message_id: null, context: null, ...change,
  };
}

function make(load: () => Promise<Generation> = () => Promise.reject(new Error('not asked for'))) {
  const frames: (() => void)[] = [];
  const onEnd = vi.fn();
  const store = createAnswerStore({
    load: vi.fn(load), schedule: (flush) => frames.push(flush), now: () => new Date(), lastSeq: () => 7, onEnd,
  });
  const paint = () => frames.splice(0).forEach((flush) => flush());
  const say = (eventId: number, event: AnswerEvent, id = 'g') =>
    store.receive(chat, { type: 'generation', generationId: id, event_id: eventId, event });
  const show = (eventId: number, event: AnswerSnapshot) =>
    store.receive(chat, { type: 'generation', generationId: 'g', user_id: 'ada', model: 'm', event_id: eventId, event });
  return { store, paint, say, show, frames, onEnd };
}

const delta = (text: string): AnswerEvent => ({ type: 'delta', delta: text });
const settle = () => vi.advanceTimersByTimeAsync(0);

// A whole answer, event by event.
const whole: AnswerEvent[] = [
  { type: 'state', state: 'queued', queue_position: 1 },
  { type: 'state', state: 'streaming' },
  delta('Hel'), delta('lo'), delta(' there'),
  { type: 'usage', inputTokens: 3, outputTokens: 4 },
  { type: 'state', state: 'succeeded' },
  { type: 'done' },
];

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('an answer that comes', () => {
  it('grows by its events, each once', () => {
    const { store, say } = make();

    whole.forEach((event, index) => say(index + 1, event));
    whole.forEach((event, index) => say(index + 1, event));

    expect(store.current('g')).toMatchObject({ text: 'Hello there', state: 'succeeded', lastEventId: 8, usage: { inputTokens: 3, outputTokens: 4 } });
  });

  it('forgets what was taken back, and says what the server says', () => {
    const { store, say } = make();

    const events: AnswerEvent[] = [{ type: 'state', state: 'streaming' }, { type: 'notice', code: 'generation.context_shortened', message: 'less', dropped: 1 }, delta('hm'), { type: 'reset' }, delta('Hi')];
    events.forEach((event, index) => say(index + 1, event));

    expect(store.current('g')).toMatchObject({ text: 'Hi', notice: 'less', lastEventId: 5 });
  });

  it('says who asked, which model answers and what', () => {
    const { store } = make();

    store.receive(chat, { type: 'generation', generationId: 'g', user_id: 'ada', model: 'm1', prompt_message_id: 'p', event_id: 1, event: { type: 'state', state: 'queued', queue_position: 2 } });

    expect(store.current('g')).toMatchObject({ userId: 'ada', model: 'm1', promptId: 'p', queuePosition: 2 });
  });

  it('is told at most once a frame', () => {
    const { store, say, paint, frames } = make();
    const told = vi.fn();
    store.subscribe(told);

    say(1, { type: 'state', state: 'streaming' });
    for (let id = 2; id <= 100; id += 1) say(id, delta('x'));

    expect(frames).toHaveLength(1);
    expect(store.shown('g')).toBeUndefined();
    paint();
    expect(told).toHaveBeenCalledOnce();
    expect(store.shown('g')?.text).toHaveLength(99);
  });

  it('keeps its place while only its text grows', () => {
    const { store, say, paint } = make();
    say(1, { type: 'state', state: 'streaming' });
    paint();
    const before = store.places(chat);

    say(2, delta('x'));
    paint();

    expect(store.places(chat)).toBe(before);
  });

  it('ignores an event that a later server may send', () => {
    const { store, say } = make();
    say(1, delta('a'));

    say(2, { type: 'reasoning' } as unknown as AnswerEvent);
    say(3, delta('b'));

    expect(store.current('g')?.text).toBe('ab');
  });

  it('fails with the reason', () => {
    const { store, say, onEnd } = make();

    say(1, { type: 'error', code: 'provider.timeout', message: 'late' });
    say(2, { type: 'usage', inputTokens: 1, outputTokens: 0 });
    say(3, { type: 'done' });

    expect(store.current('g')).toMatchObject({ state: 'failed', error: { code: 'provider.timeout' }, afterSeq: 7 });
    expect(onEnd).toHaveBeenCalledOnce();
  });
});

describe('a hole', () => {
  it('is filled from the server, and what came meanwhile follows', async () => {
    const { store, say } = make(() => Promise.resolve(generation({ text: 'Hello', last_event_id: 4 })));
    say(1, { type: 'state', state: 'streaming' });

    say(5, delta(' there'));
    say(6, delta('!'));
    await settle();

    expect(store.current('g')).toMatchObject({ text: 'Hello there!', lastEventId: 6 });
  });

  it('is also an answer that nobody announced', async () => {
    const { store, say } = make(() => Promise.resolve(generation({ text: 'Hel', last_event_id: 3 })));

    say(4, delta('lo'));
    await settle();

    expect(store.current('g')).toMatchObject({ text: 'Hello', lastEventId: 4, userId: 'ada' });
  });

  it('is asked for once at a time, and again when it is still there', async () => {
    const states = [generation({ text: 'a', last_event_id: 2 }), generation({ text: 'abc', last_event_id: 5 })];
    const load = vi.fn(() => Promise.resolve(states.shift() ?? generation({})));
    const { store, say } = make(load);

    say(5, delta('c'));
    say(6, delta('d'));
    expect(load).toHaveBeenCalledOnce();
    await settle();
    await vi.advanceTimersByTimeAsync(1_000);

    expect(load).toHaveBeenCalledTimes(2);
    expect(store.current('g')).toMatchObject({ text: 'abcd', lastEventId: 6 });
  });

  it('is asked for again when the network is away', async () => {
    let down = true;
    const { store, say } = make(() => (down ? Promise.reject(new Error('network')) : Promise.resolve(generation({ text: 'Hello', last_event_id: 4 }))));
    say(4, delta('lo'));
    await settle();
    down = false;

    await vi.advanceTimersByTimeAsync(2_000);

    expect(store.current('g')?.text).toBe('Hello');
  });

  it('after a break shows only by asking', async () => {
    const { store, say } = make(() => Promise.resolve(generation({ state: 'succeeded', text: 'Hello there', last_event_id: 8, message_id: 'x' })));
    say(1, delta('Hel'));

    store.recheck(chat);
    await settle();

    expect(store.current('g')).toMatchObject({ state: 'succeeded', text: 'Hello there' });
  });
});

describe('a snapshot', () => {
  const snapshot = (text: string): AnswerSnapshot => ({ type: 'snapshot', state: 'streaming', text, queue_position: null });

  it('begins in the middle, and what follows goes on', () => {
    const { store, say, show } = make();

    show(12, snapshot('Hel'));
    say(12, delta('l'));
    say(13, delta('lo'));

    expect(store.current('g')).toMatchObject({ text: 'Hello', lastEventId: 13 });
  });

  it('that is older than what is known changes nothing', () => {
    const { store, say, show } = make();
    say(1, delta('Hel'));
    say(2, delta('lo'));

    show(1, snapshot('Hel'));

    expect(store.current('g')).toMatchObject({ text: 'Hello', lastEventId: 2 });
  });
});

describe('the message that an answer becomes', () => {
  const stored = message(8, { text: 'Hello there', generationId: 'g', sender: { id: 'bot', username: 'assistant', display_name: 'M', kind: 'assistant' } });

  it.each(['before', 'after'])('may come %s done', (when) => {
    const { store, say, onEnd } = make();
    whole.slice(0, 5).forEach((event, index) => say(index + 1, event));

    if (when === 'before') store.settled(stored);
    whole.slice(5).forEach((event, index) => say(index + 6, event));
    if (when === 'after') store.settled(stored);

    expect(store.current('g')).toMatchObject({ text: 'Hello there', state: 'succeeded', seq: 8 });
    expect(onEnd).toHaveBeenCalledOnce();
  });

  it('brings the words whose events were lost', () => {
    const { store, say } = make();
    say(1, delta('Hel'));

    store.settled(stored);

    expect(store.current('g')).toMatchObject({ text: 'Hello there', state: 'succeeded' });
  });

  it('of an answer that was stopped keeps that word', () => {
    const { store, say } = make();
    say(1, delta('Hello there'));
    say(2, { type: 'state', state: 'canceled' });

    store.settled(stored);

    expect(store.current('g')).toMatchObject({ state: 'canceled', seq: 8 });
  });
});

describe('two tabs', () => {
  it('agree, whichever way each came to know', async () => {
    const here = make();
    const there = make(() => Promise.resolve(generation({ text: 'Hello', last_event_id: 4 })));
    whole.forEach((event, index) => here.say(index + 1, event));

    there.show(4, { type: 'snapshot', state: 'streaming', text: 'Hello', queue_position: null });
    whole.forEach((event, index) => index >= 2 && there.say(index + 1, event));
    await settle();

    const { text, state, lastEventId, usage } = there.store.current('g') ?? {};
    expect(here.store.current('g')).toMatchObject({ text, state, lastEventId, usage });
  });

  it('learn by the same event that one of them stopped the answer', () => {
    const tabs = [make(), make()];

    for (const { say } of tabs) {
      say(1, delta('Hel'));
      say(2, { type: 'state', state: 'canceled' });
      say(3, { type: 'done' });
    }

    for (const { store } of tabs) expect(store.running(chat)).toEqual([]);
  });
});

describe('the reply to a question', () => {
  it('shows the answer before its first event', () => {
    const { store } = make();

    store.started(chat, 'ada', { generationId: 'g', state: 'queued', queue_position: 2, message: message(1) });

    expect(store.current('g')).toMatchObject({ state: 'queued', queuePosition: 2, userId: 'ada', promptId: 'id-1' });
  });

  it('that comes after the first events takes nothing back', () => {
    const { store, say } = make();
    say(1, { type: 'state', state: 'streaming' });
    say(2, delta('Hel'));

    store.started(chat, 'ada', { generationId: 'g', state: 'queued', queue_position: 1, message: null });

    expect(store.current('g')).toMatchObject({ state: 'streaming', text: 'Hel', queuePosition: null });
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, call, isTransient } from './client';

type Asked = (url: string, request: RequestInit) => Promise<Response>;

const ask = (signal?: AbortSignal) => call('GET', '/api/chats', { anonymous: true, signal });

// What never comes by itself, as a server that accepts and is silent; ends as a browser ends it.
const never = <T>(signal?: AbortSignal | null): Promise<T> =>
  new Promise((_, refuse) => {
    const end = () => refuse(new DOMException('ended', 'AbortError'));
    if (signal?.aborted) end();
    signal?.addEventListener('abort', end);
  });

const fetching = (asked: Asked) => vi.stubGlobal('fetch', vi.fn(asked));

const failureOf = (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    () => 'an answer',
    (error: unknown) => error,
  );

describe('a call', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('is given up after twenty seconds without an answer, and that is said as any failure', async () => {
    fetching((_, { signal }) => never(signal));

    const failure = failureOf(ask());
    await vi.advanceTimersByTimeAsync(19_999);
    const early = await Promise.race([failure, Promise.resolve('still waiting')]);
    await vi.advanceTimersByTimeAsync(1);
    const error = await failure;

    expect(early).toBe('still waiting');
    expect(error).toBeInstanceOf(ApiError);
    expect(isTransient(error)).toBe(true);
    expect(error).toMatchObject({ status: 0, code: 'network' });
  });

  it('is given up when the answer begins and does not end', async () => {
    fetching(async (_, { signal }) => Object.assign(new Response(null, { status: 200 }), { text: () => never<string>(signal) }));

    const failure = failureOf(ask());
    await vi.advanceTimersByTimeAsync(20_000);

    expect(await failure).toMatchObject({ code: 'network' });
  });

  it('that nobody wants any more is no failure of the network', async () => {
    fetching((_, { signal }) => never(signal));
    const wish = new AbortController();

    const failure = failureOf(ask(wish.signal));
    await vi.advanceTimersByTimeAsync(1);
    wish.abort();

    expect(await failure).toMatchObject({ name: 'AbortError' });
    expect(await failureOf(ask(wish.signal))).toMatchObject({ name: 'AbortError' });
  });

  it('that is answered leaves nothing behind', async () => {
    fetching(async () => new Response('{"items":[]}', { status: 200 }));

    const answer = await ask();

    expect(answer).toEqual({ items: [] });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that is refused says why in the words of the server', async () => {
    const problem = { title: 'Too many', code: 'rate.limited', detail: 'Wait.' };
    fetching(async () => new Response(JSON.stringify(problem), { status: 429, headers: { 'Retry-After': '3' } }));

    const error = await failureOf(ask());

    expect(error).toMatchObject({ status: 429, code: 'rate.limited', detail: 'Wait.', retryAfterSeconds: 3 });
  });
});

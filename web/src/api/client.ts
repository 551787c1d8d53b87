import type { FieldError, Problem } from './contracts.gen';

// So long a call may take with all of its answer. The server gives up after 10 s by itself; the rest is for the way.
// Answers that are longer come by the live connection.
const timeMaxMs = 20_000;

// A refused or failed call. `code` is the server's stable dotted code, or `network` when no answer came in time.
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: FieldError[] = [],
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(detail);
    this.name = 'ApiError';
  }
}

// A failure that may pass by itself: nothing reached the server, or it was busy.
export function isTransient(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  // Too many questions at once, or none left for today: asking again at once would only repeat it.
  if (error.code.startsWith('generation.') || error.code.startsWith('usage.')) return false;
  return error.code === 'network' || error.status >= 500 || error.status === 429 || error.status === 408;
}

// Where calls get their access token. `renew` answers null when the session is over.
export interface TokenSource {
  current: () => Promise<string | null>;
  renew: () => Promise<string | null>;
}

interface CallOptions {
  body?: unknown;
  query?: Record<string, string | number | boolean | null | undefined>;
  signal?: AbortSignal;
  anonymous?: boolean;
  // Makes a repeated POST harmless.
  idempotencyKey?: string;
}

let tokens: TokenSource = { current: async () => null, renew: async () => null };

export function setTokenSource(source: TokenSource): void {
  tokens = source;
}

export const tokenSource = (): TokenSource => tokens;

function urlOf(path: string, query: CallOptions['query']): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

interface Answer {
  response: Response;
  text: string;
}

function problemOf({ response, text }: Answer): ApiError {
  const retryAfter = Number(response.headers.get('Retry-After'));
  const wait = Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null;
  try {
    const problem = JSON.parse(text) as Partial<Problem>;
    return new ApiError(
      response.status,
      problem.code ?? `http.${response.status}`,
      problem.detail || problem.title || response.statusText,
      problem.errors ?? [],
      wait,
    );
  } catch {
    return new ApiError(response.status, `http.${response.status}`, response.statusText, [], wait);
  }
}

async function send(method: string, path: string, options: CallOptions, token: string | null): Promise<Answer> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (options.body !== undefined) headers['Content-Type'] = 'application/json';
  if (options.idempotencyKey) headers['Idempotency-Key'] = options.idempotencyKey;
  if (token) headers.Authorization = `Bearer ${token}`;
  const ending = new AbortController();
  const end = () => ending.abort();
  const timer = setTimeout(end, timeMaxMs);
  options.signal?.addEventListener('abort', end);
  if (options.signal?.aborted) end();
  try {
    const response = await fetch(urlOf(path, options.query), {
      method,
      headers,
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      signal: ending.signal,
      credentials: 'same-origin',
    });
    return { response, text: await response.text() };
  } catch (error) {
    // Nobody wants it any more.
    if (options.signal?.aborted) throw error;
    throw new ApiError(0, 'network', '');
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', end);
  }
}

// Sends one call. An answer of 401 renews the token once and asks again.
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  let answer = await send(method, path, options, options.anonymous ? null : await tokens.current());
  if (answer.response.status === 401 && !options.anonymous) {
    const renewed = await tokens.renew();
    if (renewed) answer = await send(method, path, options, renewed);
  }
  if (!answer.response.ok) throw problemOf(answer);
  return (answer.text ? JSON.parse(answer.text) : undefined) as T;
}

// Reads a whole list, page by page, up to `most` items.
export async function callAll<T>(path: string, query: CallOptions['query'] = {}, most = 5000): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: T[]; next_cursor?: string | null } = await call('GET', path, {
      query: { limit: 200, ...query, cursor },
    });
    items.push(...page.items);
    cursor = page.next_cursor ?? null;
  } while (cursor && items.length < most);
  return items;
}

import { create } from 'zustand';
import { ApiError, isTransient, setTokenSource } from '@/api/client';
import type { Session, User } from '@/api/contracts.gen';
import * as people from '@/api/people';
import type { Registration } from '@/api/types';
import { withTabLock } from './tab-lock';

// Who is signed in. The access token lives in this module's memory only; the refresh token is a cookie
// that scripts cannot read.

export type SessionStatus = 'starting' | 'signed_out' | 'signed_in' | 'unreachable';

interface SessionState {
  status: SessionStatus;
  user: User | null;
  // Said on the sign-in page when a session ended by itself.
  ended: boolean;
}

export const useSession = create<SessionState>()(() => ({ status: 'starting', user: null, ended: false }));

interface Token {
  value: string;
  expiresAt: number;
}

type TabMessage =
  | { type: 'token'; token: Token; user: User }
  | { type: 'leaving' }
  | { type: 'signed_out' }
  | { type: 'who_has' };

const hintKey = 'loquat.signed-in';
const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('loquat.session');
let token: Token | null = null;
let renewal: Promise<string | null> | null = null;

const fresh = (margin: number): boolean => token !== null && token.expiresAt - margin > Date.now();

function adopt(next: Token, user: User): void {
  leaving = false;
  token = next;
  localStorage.setItem(hintKey, user.id);
  useSession.setState({ status: 'signed_in', user, ended: false });
}

function accept(session: Session): void {
  const next = { value: session.access_token, expiresAt: Date.now() + session.expires_in * 1000 };
  adopt(next, session.user);
  tabs?.postMessage({ type: 'token', token: next, user: session.user } satisfies TabMessage);
}

// True while somebody signs out on purpose: the server's word that the session has ended is no news then.
let leaving = false;

function forget(byServer: boolean): void {
  const before = useSession.getState();
  const ended = (byServer && !leaving) || (before.status === 'signed_out' && before.ended);
  token = null;
  localStorage.removeItem(hintKey);
  useSession.setState({ status: 'signed_out', user: null, ended });
}

// One renewal at a time over all tabs. `stale` is the token that the caller wants replaced: a tab that
// waited for the lock takes the one that another tab fetched meanwhile, because a refresh token used twice
// would end the whole family.
export function renewToken(stale = token?.value): Promise<string | null> {
  renewal ??= withTabLock('loquat.refresh', async () => {
    if (token && token.value !== stale && fresh(5_000)) return token.value;
    try {
      accept(await people.refreshSession());
      return token?.value ?? null;
    } catch (error) {
      // No answer or a busy server says nothing about the session; a refusal ends it.
      if (!(error instanceof ApiError) || isTransient(error)) throw error;
      forget(useSession.getState().status === 'signed_in');
      return null;
    }
  }).finally(() => {
    renewal = null;
  });
  return renewal;
}

export async function currentToken(): Promise<string | null> {
  if (token && fresh(5_000)) return token.value;
  return useSession.getState().status === 'signed_out' ? null : renewToken();
}

export const tokenExpiresAt = (): number | null => token?.expiresAt ?? null;

setTokenSource({ current: currentToken, renew: () => renewToken() });

tabs?.addEventListener('message', (event: MessageEvent<TabMessage>) => {
  const message = event.data;
  if (message.type === 'token' && message.token.expiresAt > (token?.expiresAt ?? 0)) {
    adopt(message.token, message.user);
  }
  if (message.type === 'leaving') leaving = true;
  if (message.type === 'signed_out') forget(false);
  if (message.type === 'who_has' && token && fresh(30_000)) {
    const { user } = useSession.getState();
    if (user) tabs.postMessage({ type: 'token', token, user } satisfies TabMessage);
  }
});

// Picks up the session that the cookie stands for. Without the hint of an earlier sign-in nothing is asked,
// for a visitor's first page should not start with a refused call.
export async function startSession(): Promise<void> {
  if (!localStorage.getItem(hintKey)) return forget(false);
  useSession.setState({ status: 'starting' });
  tabs?.postMessage({ type: 'who_has' } satisfies TabMessage);
  try {
    await renewToken();
  } catch {
    useSession.setState({ status: 'unreachable' });
  }
}

export async function signIn(name: string, password: string): Promise<void> {
  accept(await people.login(name, password));
}

export async function signUp(registration: Registration): Promise<void> {
  accept(await people.register(registration));
}

// Leaves here even when the server cannot be reached; its session then ends by age.
export async function signOut(everywhere: boolean): Promise<void> {
  leaving = true;
  tabs?.postMessage({ type: 'leaving' } satisfies TabMessage);
  try {
    if (everywhere) await people.logoutAll();
    else await people.logout().catch(() => undefined);
  } catch (error) {
    leaving = false;
    throw error;
  }
  endSession(false);
}

export function endSession(byServer: boolean): void {
  tabs?.postMessage({ type: 'signed_out' } satisfies TabMessage);
  forget(byServer);
}

export function setUser(user: User): void {
  useSession.setState({ user });
}

// The signed-in person, for code that runs only behind the session gate.
export function useMe(): User {
  const user = useSession((state) => state.user);
  if (!user) throw new Error('useMe outside the session gate');
  return user;
}

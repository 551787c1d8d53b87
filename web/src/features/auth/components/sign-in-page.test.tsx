// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '@/api/client';
import * as people from '@/api/people';
import * as server from '@/api/server';
import { useSession } from '@/features/auth/state/session';
import { button, cleanUp, click, field, render, type } from '@/testing/render';
import { SignInPage } from './sign-in-page';

const open = { name: 'Home', registration: 'open' } as Awaited<ReturnType<typeof server.getServerInfo>>;

beforeEach(() => {
  vi.spyOn(server, 'getServerInfo').mockResolvedValue(open);
  useSession.setState({ status: 'signed_out', user: null, ended: false });
});
afterEach(async () => {
  await cleanUp();
  vi.restoreAllMocks();
});

async function signIn(place: HTMLElement): Promise<void> {
  await type(field(place, 'User name or e-mail'), ' ada ');
  await type(field(place, 'Password'), 'not this one');
  await click(button(place, 'Sign in'));
}

it('says that name and password do not belong together, and keeps what was typed', async () => {
  const login = vi.spyOn(people, 'login').mockRejectedValue(new ApiError(401, 'auth.invalid_credentials', ''));
  const place = await render(<SignInPage />);

  await signIn(place);

  expect(login).toHaveBeenCalledWith('ada', 'not this one');
  expect(place.querySelector('[role=alert]')?.textContent).toContain('do not belong together');
  expect(field(place, 'Password').value).toBe('not this one');
  expect(button(place, 'Sign in').disabled).toBe(false);
});

it('says why one is here when a session ended by itself', async () => {
  useSession.setState({ ended: true });

  const place = await render(<SignInPage />);

  expect(place.querySelector('[role=status]')?.textContent).toContain('Your session has ended');
});

it('offers no new account where only an administrator makes them', async () => {
  vi.mocked(server.getServerInfo).mockResolvedValue({ ...open, registration: 'closed' });

  const place = await render(<SignInPage />);

  await vi.waitFor(() => expect(place.textContent).toContain('Accounts are made by the administrator here.'));
  expect(place.querySelector('a[href="/sign-up"]')).toBeNull();
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { api, composer, makeRoom, openBrowser, post, register, signIn, until, type Browser } from './support';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

test('two tabs of one person agree on what is unread', async () => {
  const [ada, tom] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tom')]);
  const room = await makeRoom(ada, 'Shared', [tom]);
  const context = await browser.newContext();
  const [first, second] = [await context.newPage(), await context.newPage()];
  await signIn(first, ada, '/people');
  await second.goto('/');
  await second.getByRole('link', { name: /Shared/ }).waitFor();
  await first.getByRole('link', { name: 'Chats' }).click();

  await post(tom, room, 'one');
  await post(tom, room, `two, @${ada.username}`);
  await first.getByText('2 unread, 1 mentions you').waitFor({ state: 'attached' });
  await second.getByText('2 unread, 1 mentions you').waitFor({ state: 'attached' });
  await until('the count of mentions in the title', async () => (await second.title()).startsWith('(1)'));

  await first.bringToFront();
  await first.getByRole('link', { name: /Shared/ }).click();
  await first.locator('[data-message]').getByText('two').waitFor();

  await second.getByText('2 unread').waitFor({ state: 'detached' });
  await until('the title without a count', async () => !(await second.title()).startsWith('('));
  const chat = await api<{ me: { read_seq: number; unread: number } }>(ada, 'GET', `/api/chats/${room}`);
  expect(chat.me).toMatchObject({ read_seq: 2, unread: 0 });
});

test('tabs that reload at the same moment stay signed in', async () => {
  const ada = await register('ada', 'Ada');
  const room = await makeRoom(ada, 'Reloads', []);
  const context = await browser.newContext();
  const tabs = [await context.newPage(), await context.newPage(), await context.newPage()];
  await signIn(tabs[0]!, ada, `/c/${room}`);
  await Promise.all(tabs.slice(1).map((tab) => tab.goto(`/c/${room}`)));

  for (let round = 0; round < 3; round += 1) await Promise.all(tabs.map((tab) => tab.reload()));

  await Promise.all(tabs.map((tab) => composer(tab).waitFor()));
});

test('signing out in one tab signs out the other, and the way back leads to the same place', async () => {
  const ada = await register('ada', 'Ada');
  const room = await makeRoom(ada, 'Door', []);
  const context = await browser.newContext();
  const [first, second] = [await context.newPage(), await context.newPage()];
  await signIn(first, ada, '/settings/profile');
  await second.goto(`/c/${room}`);
  await composer(second).waitFor();

  await first.getByRole('button', { name: 'Sign out', exact: true }).click();

  await second.getByLabel('User name or e-mail').waitFor();
  expect(new URL(second.url()).pathname).toBe(`/c/${room}`);
});

test('a session that is ended elsewhere ends here and says so', async () => {
  const ada = await register('ada', 'Ada');
  const [here, there] = [await browser.newPage(), await browser.newPage()];
  await signIn(here, ada, '/');
  await here.getByText('No conversations yet').waitFor();
  await signIn(there, ada, '/settings/sessions');

  await there.getByRole('button', { name: 'Sign out everywhere' }).click();
  await there.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();

  await there.getByLabel('User name or e-mail').waitFor();
  await here.getByText('Your session has ended').waitFor();
});

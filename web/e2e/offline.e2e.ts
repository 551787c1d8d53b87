import { afterAll, beforeAll, expect, test } from 'vitest';
import { composer, makeRoom, openBrowser, post, register, shownTexts, signIn, until, write, type Browser } from './support';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

test('offline and back: nothing is lost, doubled or out of order', async () => {
  const [ada, tom] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tom')]);
  const room = await makeRoom(ada, 'Tunnel', [tom]);
  await post(tom, room, 'before');
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}`);
  await page.locator('[data-message]').getByText('before').waitFor();

  await page.context().setOffline(true);
  await page.getByText('You are offline').waitFor();
  const missed = Array.from({ length: 30 }, (_, index) => `missed ${index + 1}`);
  for (const text of missed) await post(tom, room, text);
  await write(page, 'mine 1');
  await write(page, 'mine 2');
  await page.getByText('Waiting for the connection').first().waitFor();
  expect(await composer(page).inputValue()).toBe('');

  await page.context().setOffline(false);
  await until('the messages of both', async () => (await page.locator('[data-pending]').count()) === 0 && (await page.getByText('You are offline').count()) === 0);
  await page.getByRole('button', { name: /Jump to newest/ }).click({ timeout: 1_000 }).catch(() => undefined);
  await until('the end of the list', async () => (await shownTexts(page)).slice(-2).join() === 'mine 1,mine 2');

  await page.reload();
  await page.setViewportSize({ width: 1280, height: 2400 });
  await until('all of them, once', async () => (await shownTexts(page)).join() === ['before', ...missed, 'mine 1', 'mine 2'].join());
});

test('an edit made while one was away shows after coming back', async () => {
  const [ada, tom] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tom')]);
  const room = await makeRoom(ada, 'Edits', [tom]);
  const { id } = await post(tom, room, 'at nine');
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}`);
  await page.locator('[data-message]').getByText('at nine').waitFor();

  await page.context().setOffline(true);
  await page.getByText('You are offline').waitFor();
  await fetch(`${process.env.LOQUAT_URL ?? ''}/api/chats/${room}/messages/${id}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${tom.token}` },
    body: JSON.stringify({ text: 'at ten' }),
  });
  await page.context().setOffline(false);

  await page.locator('[data-message]').getByText('at ten').waitFor();
});

test('a message written offline survives a reload and is sent later', async () => {
  const ada = await register('ada', 'Ada');
  const room = await makeRoom(ada, 'Reload', []);
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}`);
  await composer(page).waitFor();

  // The socket is refused while pages still load: what a proxy without WebSocket does.
  await page.routeWebSocket('**/ws', (socket) => socket.close());
  await page.route('**/api/chats/*/messages', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
  await page.reload();
  await composer(page).waitFor();
  await write(page, 'kept');
  await page.locator('[data-pending]').getByText('kept').waitFor();
  await page.reload();
  await page.locator('[data-pending]').getByText('kept').waitFor();

  // Still without a socket, but calls go through again: POST takes it.
  await page.unroute('**/api/chats/*/messages');
  await until('the message to go by POST', async () => (await page.locator('[data-pending]').count()) === 0, 30_000);
  expect(await shownTexts(page)).toEqual(['kept']);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { api, composer, freshName, makeDirect, makeRoom, openBrowser, post, register, signIn, until, type Browser } from './support';

// What people are called, wherever they are named.

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

test('a changed name is seen by everybody at once: in the list, the header, the messages, the quotes, the members', async () => {
  const [ada, tom] = await Promise.all([register('ada', 'Ada'), register('tom', freshName('Tom'))]);
  const direct = await makeDirect(ada, tom);
  const room = await makeRoom(ada, 'Names', [tom]);
  const first = await post(tom, room, 'one by me');
  await post(ada, room, 'an answer', first.id);
  await post(tom, direct, 'hello');
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}?panel=members`);
  await page.locator('[data-message]').getByText('one by me').first().waitFor();
  await composer(page).waitFor();
  await until('the name in four places', async () => (await page.getByText(tom.displayName).count()) >= 4);

  const now = freshName('Tomas');
  await api(tom, 'PATCH', '/api/auth/me', { display_name: now });

  await until('the old name to be gone', async () => (await page.getByText(tom.displayName, { exact: false }).count()) === 0);
  expect(await page.getByText(now).count()).toBeGreaterThanOrEqual(4);
  await page.getByRole('link', { name: new RegExp(now) }).first().click();
  await page.getByRole('heading', { level: 1 }).getByText(now).waitFor();
});

test('two people who are called the same are told apart by their user names', async () => {
  const shared = freshName('Sam');
  const [ada, one, other] = await Promise.all([register('ada', 'Ada'), register('sam', shared), register('samuel', freshName('Sammy'))]);
  const room = await makeRoom(ada, 'Sams', [one, other]);
  await makeDirect(ada, one);
  await post(one, room, 'from the first');
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}`);
  const message = page.locator('[data-message]').filter({ hasText: 'from the first' });
  await message.waitFor();
  expect(await message.locator('[data-handle]').count()).toBe(0);

  await api(other, 'PATCH', '/api/auth/me', { display_name: shared });
  await post(other, room, 'from the second');
  await page.locator('[data-message]').getByText('from the second').waitFor();

  await message.locator('[data-handle]').getByText(`@${one.username}`).waitFor();
  expect(await page.locator('[data-message] [data-handle]').allInnerTexts()).toEqual([`@${one.username}`, `@${other.username}`]);
  await page.getByRole('link', { name: new RegExp(`${shared} @${one.username}`) }).waitFor();
  await page.getByRole('article', { name: `${shared} (@${other.username})` }).waitFor();
});

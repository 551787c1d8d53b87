import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { api, composer, makeRoom, openBrowser, post, register, signIn, until, type Browser, type Person } from './support';

// Addresses that lead nowhere, what is read and what is not, and where one was reading.

let browser: Browser;
let ada: Person;
let tom: Person;
beforeAll(async () => {
  browser = await openBrowser();
  [ada, tom] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tom')]);
});
afterAll(() => browser.close());

const fill = async (room: string, count: number) => {
  for (let index = 1; index <= count; index += 1) await post(tom, room, `Note ${index}\n\nwith a second line`);
};
const unreadOf = async (room: string) => (await api<{ me: { unread: number } }>(ada, 'GET', `/api/chats/${room}`)).me.unread;
const scrollTo = (page: Page, seq: number) =>
  page.evaluate(async (wanted) => {
    const list = document.querySelector<HTMLElement>('[data-messages]')!;
    for (let i = 0; i < 300; i += 1) {
      const row = document.querySelector<HTMLElement>(`[data-seq="${wanted}"]`)?.getBoundingClientRect();
      const view = list.getBoundingClientRect();
      if (row && row.bottom <= view.bottom) return;
      list.scrollTop += row ? Math.ceil(row.bottom - view.bottom) : 200;
      await new Promise((done) => requestAnimationFrame(done));
    }
  }, seq);

test.each(['999999', '0', 'wat', '99999999999999999999'])('a message that is not there (%s) is said to be missing, and the newest is shown', async (seq) => {
  const room = await makeRoom(ada, 'Short', [tom]);
  await fill(room, 12);
  const page = await browser.newPage();

  await signIn(page, ada, `/c/${room}/m/${seq}`);

  await page.getByText('There is no such message in this conversation').waitFor();
  await page.locator('[data-message]').getByText('Note 12').waitFor();
  await composer(page).fill('still here');
  await composer(page).press('Enter');
  await page.locator('[data-message]').getByText('still here').waitFor();
});

test('who has read 60 of 86 unread messages has 26 left', async () => {
  const room = await makeRoom(ada, 'Long', [tom]);
  await post(ada, room, 'Write it all down, please.');
  await fill(room, 86);
  const page = await browser.newPage();
  await signIn(page, ada);
  await page.getByText('86 unread').waitFor({ state: 'attached' });

  await page.getByRole('link', { name: /Long/ }).click();
  await page.locator('[data-message]').getByText('Note 1', { exact: true }).waitFor();
  await scrollTo(page, 61);

  await until('26 of them unread', async () => (await unreadOf(room)) === 26);
  await page.getByText('26 unread').waitFor({ state: 'attached' });
});

test('a link to a later message leaves what it passed over unread', async () => {
  const room = await makeRoom(ada, 'Passed over', [tom]);
  await fill(room, 120);
  const page = await browser.newPage();

  await signIn(page, ada, `/c/${room}/m/80`);
  await page.locator('[data-seq="80"]').waitFor();
  await post(tom, room, 'one more');
  await page.getByText('121 unread').waitFor({ state: 'attached' });

  expect(await unreadOf(room)).toBe(121);
});

test('one comes back to where one was reading', async () => {
  const [room, other] = [await makeRoom(ada, 'Novel', [tom]), await makeRoom(ada, 'Elsewhere', [tom])];
  await fill(room, 90);
  await post(ada, room, 'read it all');
  await post(tom, other, 'look here');
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}`);
  await page.locator('[data-message]').getByText('read it all').waitFor();
  await page.evaluate(async () => {
    for (let i = 0; i < 10; i += 1) {
      document.querySelector('[data-messages]')!.scrollTop -= 157;
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    }
  });
  const top = () => page.evaluate(() => {
    const view = document.querySelector('[data-messages]')!.getBoundingClientRect();
    const row = [...document.querySelectorAll<HTMLElement>('[data-seq]')].find((one) => one.getBoundingClientRect().top >= view.top)!;
    return [Number(row.dataset.seq), Math.round(row.getBoundingClientRect().top)];
  });
  const before = await top();

  await page.getByRole('link', { name: /Elsewhere/ }).click();
  await page.locator('[data-message]').getByText('look here').waitFor();
  await page.getByRole('link', { name: /Novel/ }).click();
  await page.locator('[data-message]').first().waitFor();

  await until('the same row in the same place', async () => JSON.stringify(await top()) === JSON.stringify(before), 5_000);
});

test.each(['/admin', '/search', '/wat', '/settings/wat', '/c/', '/new/wat'])('%s is said to be no page, with ways on', async (path) => {
  const page = await browser.newPage();
  await signIn(page, ada, path);

  await page.getByText('There is no such page').waitFor();
  expect(new URL(page.url()).pathname).toBe(path);
  await page.locator('#main').getByRole('link', { name: 'Rooms' }).click();
  await page.waitForURL(/\/rooms$/);
});

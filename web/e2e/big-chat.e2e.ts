import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { composer, makeRoom, openBrowser, post, postMany, register, signIn, until, type Browser, type Person } from './support';

// A conversation of ten thousand messages, some of them long.

const total = Number(process.env.LOQUAT_BIG ?? 10_000);
const mostNodes = 1_500;
let browser: Browser;
let ada: Person;
let tom: Person;
let room: string;

beforeAll(async () => {
  browser = await openBrowser();
  [ada, tom] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tom')]);
  room = await makeRoom(ada, 'Archive', [tom]);
  const texts = Array.from({ length: total }, (_, index) =>
    index % 17 === 0 ? `Entry ${index}\n\n- ${'a longer point '.repeat(index % 23)}\n- another` : `Entry ${index}`,
  );
  await postMany(tom, room, texts);
}, 300_000);
afterAll(() => browser.close());

const nodes = (page: Page) => page.evaluate(() => document.querySelectorAll('*').length);
const topLine = (page: Page) =>
  page.evaluate(() => {
    const list = document.querySelector('[data-messages]')!.getBoundingClientRect();
    const rows = [...document.querySelectorAll<HTMLElement>('[data-message][data-seq]')];
    const row = rows.find((candidate) => candidate.getBoundingClientRect().top >= list.top + 40)!;
    return { seq: Number(row.dataset.seq), top: row.getBoundingClientRect().top };
  });
const topOf = (page: Page, seq: number) =>
  page.evaluate((wanted) => document.querySelector(`[data-seq="${wanted}"]`)?.getBoundingClientRect().top ?? null, seq);
const firstDrawn = (page: Page) =>
  page.evaluate(() => Number(document.querySelector<HTMLElement>('[data-message][data-seq]')?.dataset.seq ?? 0));

test('it opens, scrolls far and stays small', async () => {
  const page = await browser.newPage();
  await signIn(page, ada, '/people');
  await page.getByRole('link', { name: 'Chats' }).click();
  await page.getByRole('link', { name: /Archive/ }).waitFor();

  await page.goto(`/c/${room}/m/${total}`);
  await page.locator(`[data-seq="${total}"]`).waitFor();
  expect(await nodes(page)).toBeLessThanOrEqual(mostNodes);

  await page.locator('[data-messages]').hover();
  let most = 0;
  for (let i = 0; i < 120; i += 1) {
    await page.mouse.wheel(0, -1_500);
    most = Math.max(most, await nodes(page));
  }
  await until('older messages', async () => (await firstDrawn(page)) < total - 500);
  expect(most).toBeLessThanOrEqual(mostNodes);
});

test('loading above does not move the line under the eye', async () => {
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}/m/${Math.floor(total / 2)}`);
  await page.locator(`[data-seq="${Math.floor(total / 2)}"]`).waitFor();
  const gate = { open: () => {} };
  const held = new Promise<void>((resolve) => {
    gate.open = resolve;
  });
  let asked = false;
  await page.route('**/messages?before_seq=*', async (route) => {
    asked = true;
    await held;
    await route.continue();
  });
  await page.locator('[data-messages]').hover();
  await until('a call for older messages', async () => {
    await page.mouse.wheel(0, -200);
    return asked;
  });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const before = await topLine(page);
  const heightBefore = await page.evaluate(() => document.querySelector('[data-messages]')!.scrollHeight);

  gate.open();
  await until('a taller list', async () => (await page.evaluate(() => document.querySelector('[data-messages]')!.scrollHeight)) > heightBefore + 500);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

  const after = await topOf(page, before.seq);
  expect(Math.abs((after ?? 1e9) - before.top)).toBeLessThanOrEqual(2);
});

test('new messages do not move the line under the eye, and the way down says how many', async () => {
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}/m/${total}`);
  await page.locator(`[data-seq="${total}"]`).waitFor();
  await page.locator('[data-messages]').hover();
  await until('some way up', async () => {
    await page.mouse.wheel(0, -600);
    return (await firstDrawn(page)) < total - 60;
  });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const before = await topLine(page);

  for (let i = 0; i < 3; i += 1) await post(tom, room, `fresh ${i}`);
  await page.getByRole('button', { name: 'Jump to newest (3)' }).waitFor();

  expect(Math.abs(((await topOf(page, before.seq)) ?? 1e9) - before.top)).toBeLessThanOrEqual(2);
  await page.getByRole('button', { name: 'Jump to newest (3)' }).click();
  await page.locator('[data-message]').getByText('fresh 2').waitFor();
  await page.getByRole('button', { name: /Jump to newest/ }).waitFor({ state: 'detached' });
});

test('a link leads to a message in the middle, and a reload stays there', async () => {
  const seq = Math.floor(total / 3);
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}/m/${seq}`);
  await page.locator(`[data-seq="${seq}"]`).waitFor();
  await page.reload();
  await page.locator(`[data-seq="${seq}"]`).waitFor();
  await until('the message in the middle of the screen', async () => {
    const top = await topOf(page, seq);
    return top !== null && top > 100 && top < 700;
  });

  await composer(page).fill('from the middle');
  await composer(page).press('Enter');
  await page.locator('[data-message]').getByText('from the middle').waitFor();
});

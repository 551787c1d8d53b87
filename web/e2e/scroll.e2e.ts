import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { api, composer, makeRoom, openBrowser, post, register, signIn, until, write, type Browser, type Person } from './support';

// Reading is not disturbed: a step moves each row by exactly that step, whatever was estimated before.

const total = 500;
const step = 120;
let browser: Browser;
let ada: Person;
let room: string;

// Rows of every height and kind: one line, paragraphs, code, tables, lists, quotes, replies, and groups of one sender.
const kinds: ((index: number) => string)[] = [
  (index) => `Short ${index}`,
  (index) => `A paragraph ${index}. ${'It goes on for a while. '.repeat(index % 31)}`,
  (index) => `\`\`\`js\n${Array.from({ length: (index % 9) + 1 }, (_, line) => `const line${line} = ${index};`).join('\n')}\n\`\`\``,
  (index) => `| a | b |\n|---|---|\n${Array.from({ length: index % 6 }, (_, row) => `| ${row} | ${index} |`).join('\n')}`,
  (index) => Array.from({ length: (index % 7) + 1 }, (_, item) => `- point ${item} of ${index}`).join('\n'),
  (index) => `> quoted ${index}\n\nand what was said to it`,
  (index) => `# Heading ${index}\n\nText below.\n\n---\n\nMore.`,
];

beforeAll(async () => {
  browser = await openBrowser();
  const [one, tom, june] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tom'), register('june', 'June')]);
  ada = one;
  room = await makeRoom(ada, 'Mixed', [tom, june]);
  let last: string | null = null;
  for (let index = 1; index <= total; index += 1) {
    const text = (kinds[(index * 5) % kinds.length] as (index: number) => string)(index);
    last = (await post([tom, june, ada][Math.floor(index / 3) % 3] as Person, room, text, index % 11 === 0 ? last : null)).id;
  }
}, 180_000);
afterAll(() => browser.close());

interface Moved {
  // The most that any row went wrong, in pixels, and how many rows were looked at.
  error: number;
  rows: number;
  wrong: string[];
}

// Scrolls by steps, and after the very next frame compares where each row is with where it was.
function scrollBySteps(page: Page, by: number, steps: number): Promise<Moved> {
  return page.evaluate(async ({ by, steps }) => {
    const list = document.querySelector<HTMLElement>('[data-messages]')!;
    const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const look = () => {
      const view = list.getBoundingClientRect();
      const tops = new Map<string, number>();
      for (const row of list.querySelectorAll<HTMLElement>('[data-seq]')) {
        const box = row.getBoundingClientRect();
        if (box.bottom > view.top && box.top < view.bottom) tops.set(row.dataset.seq!, box.top);
      }
      return tops;
    };
    const moved = { error: 0, rows: 0, wrong: [] as string[] };
    for (let i = 0; i < steps; i += 1) {
      const before = look();
      list.scrollTop += by;
      await frame();
      const after = look();
      // At the very end there is less to go.
      if (Math.abs(list.scrollHeight - list.clientHeight - list.scrollTop) < 1 && by > 0) continue;
      for (const [seq, top] of before) {
        const now = after.get(seq);
        if (now === undefined) continue;
        const error = Math.abs(top - now - by);
        moved.rows += 1;
        if (error > 1) moved.wrong.push(`step ${i}, seq ${seq}: moved ${top - now} instead of ${by}`);
        moved.error = Math.max(moved.error, error);
      }
    }
    return moved;
  }, { by, steps });
}

const firstDrawn = (page: Page) =>
  page.evaluate(() => Number(document.querySelector<HTMLElement>('[data-message][data-seq]')?.dataset.seq ?? 0));

async function open(page: Page, chatId = room): Promise<void> {
  await signIn(page, ada, `/c/${chatId}/m/${total}`);
  await page.locator(`[data-seq="${total}"]`).waitFor();
}

function expectExact(moved: Moved, rows: number): void {
  expect(moved.wrong.slice(0, 5)).toEqual([]);
  expect(moved.error).toBeLessThanOrEqual(1);
  expect(moved.rows).toBeGreaterThan(rows);
}

test('each step moves each row by that step: at once, the second time, and after a resize', async () => {
  const page = await browser.newPage({ width: 1280, height: 800 });
  await open(page);

  expectExact(await scrollBySteps(page, -step, 260), 1_000);
  expect(await firstDrawn(page)).toBeLessThan(250);
  expectExact(await scrollBySteps(page, step, 260), 1_000);
  expectExact(await scrollBySteps(page, -step, 60), 200);
  await page.setViewportSize({ width: 900, height: 700 });
  expectExact(await scrollBySteps(page, -step, 120), 400);
  expectExact(await scrollBySteps(page, step, 120), 400);
  await page.setViewportSize({ width: 1280, height: 800 });
  expectExact(await scrollBySteps(page, step, 60), 200);
});

test('uneven steps on a phone are as exact', async () => {
  const page = await browser.newPage({ width: 375, height: 700, touch: true });
  await open(page);

  expectExact(await scrollBySteps(page, -333, 200), 500);
  expectExact(await scrollBySteps(page, 77, 100), 200);
});

test('the wheel moves rows as far as it moves the list', async () => {
  const page = await browser.newPage({ width: 1280, height: 800 });
  await open(page);
  await page.locator('[data-messages]').hover();
  const middle = () => page.evaluate(() => {
    const view = document.querySelector('[data-messages]')!.getBoundingClientRect();
    const row = [...document.querySelectorAll<HTMLElement>('[data-seq]')].find((one) => one.getBoundingClientRect().top > view.top + 300)!;
    return { seq: row.dataset.seq!, top: row.getBoundingClientRect().top };
  });
  const topOf = (seq: string) => page.evaluate((one) => document.querySelector(`[data-seq="${one}"]`)?.getBoundingClientRect().top ?? NaN, seq);

  for (let i = 0; i < 60; i += 1) {
    const before = await middle();
    await page.mouse.wheel(0, -step);
    await until(`step ${i} of the wheel`, async () => Math.abs((await topOf(before.seq)) - before.top - step) <= 1, 3_000);
  }
});

test('a resize leaves what is read where it is', async () => {
  const page = await browser.newPage({ width: 1280, height: 800 });
  await open(page);
  await scrollBySteps(page, -500, 20);
  const firstBelowTop = () => page.evaluate(() => {
    const view = document.querySelector('[data-messages]')!.getBoundingClientRect();
    const row = [...document.querySelectorAll<HTMLElement>('[data-seq]')].find((one) => one.getBoundingClientRect().top >= view.top)!;
    return { seq: row.dataset.seq!, top: row.getBoundingClientRect().top };
  });
  const before = await firstBelowTop();

  await page.setViewportSize({ width: 800, height: 800 });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

  const after = await page.evaluate((seq) => document.querySelector(`[data-seq="${seq}"]`)!.getBoundingClientRect().top, before.seq);
  expect(Math.abs(after - before.top)).toBeLessThanOrEqual(1);
});

test('an answer that grows at the end moves nothing above, and is followed by who stands at the end', async () => {
  const page = await browser.newPage({ width: 1280, height: 700 });
  const chat = (await api<{ id: string }>(ada, 'POST', '/api/chats', { kind: 'assistant', title: 'Long' })).id;
  await api(ada, 'POST', `/api/chats/${chat}/generations`, { client_id: 'one', prompt: `[[tokens 900]] first` });
  await signIn(page, ada, `/c/${chat}`);
  await page.locator('[data-answer-state="message"]').waitFor({ timeout: 60_000 });
  await write(page, '[[tokens 1500]] [[rate 60]] second');
  await page.locator('[data-answer-state="streaming"]').waitFor();
  const grown = () => page.evaluate(() => document.querySelector('[data-messages]')!.scrollHeight);
  const first = await grown();
  await until('some words of the answer', async () => (await grown()) > first + 60);
  await until('the end in view', async () => page.evaluate(() => {
    const list = document.querySelector('[data-messages]')!;
    return list.scrollHeight - list.scrollTop - list.clientHeight <= 2;
  }));

  const top = () => page.evaluate(() => document.querySelector('[data-seq="1"], [data-seq="2"]')!.getBoundingClientRect().top);
  await page.evaluate(() => {
    document.querySelector('[data-messages]')!.scrollTop -= 30;
  });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const before = await page.evaluate(() => document.querySelector('[data-messages]')!.scrollTop);
  const height = await grown();
  await until('more of the answer', async () => (await grown()) > height + 60, 30_000);

  expect(await page.evaluate(() => document.querySelector('[data-messages]')!.scrollTop)).toBe(before);
  expect(Number.isFinite(await top())).toBe(true);
  await composer(page).press('Escape');
});

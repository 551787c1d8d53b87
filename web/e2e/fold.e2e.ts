import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeRoom, openBrowser, post, postMany, register, signIn, until, type Browser, type Person } from './support';

// Long messages are folded, and what one looks at stays where it is when they unfold.

let browser: Browser;
let ada: Person;
beforeAll(async () => {
  browser = await openBrowser();
  ada = await register('ada', 'Ada');
});
afterAll(() => browser.close());

const long = Array.from({ length: 80 }, (_, index) => `Line ${index + 1} of the long one, with a [link${index + 1}](https://example.org/${index + 1})`).join('\n');

async function open(texts: string[], width = 1280): Promise<Page> {
  const room = await makeRoom(ada, 'Long', []);
  for (const text of texts) await post(ada, room, text);
  const page = await browser.newPage({ width, height: 800 });
  await signIn(page, ada, `/c/${room}`);
  await page.getByRole('button', { name: 'Show more' }).waitFor();
  return page;
}

const still = (page: Page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null)))));

test.each([['the last one', ['before', long]], ['one with others below', [...Array.from({ length: 10 }, (_, n) => `before ${n}`), long, 'after', 'and after']]])('%s unfolds below what is read', async (_name, texts) => {
  const page = await open(texts);
  const mark = page.getByRole('link', { name: 'link20', exact: true });
  const before = await mark.evaluate((element) => element.getBoundingClientRect().top);

  await page.getByRole('button', { name: 'Show more' }).click();
  await still(page);

  expect(Math.abs((await mark.evaluate((element) => element.getBoundingClientRect().top)) - before)).toBeLessThanOrEqual(1);
  await page.getByRole('link', { name: 'link80', exact: true }).scrollIntoViewIfNeeded();
  const button = page.getByRole('button', { name: 'Show less' });
  const place = await button.evaluate((element) => element.getBoundingClientRect().top);
  await button.click();
  await still(page);
  const folded = await page.getByRole('button', { name: 'Show more' }).evaluate((element) => element.getBoundingClientRect().top);
  // Where the list ends, it cannot stay.
  expect(folded).toBeGreaterThan(0);
  expect(folded).toBeLessThanOrEqual(Math.max(place, 800));
});

test('short messages and those of some more lines are not folded', async () => {
  const page = await open([long, Array.from({ length: 27 }, (_, index) => `row ${index}`).join('\n'), 'short']);

  expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(1);
});

test('the Tab key shows what is folded away', async () => {
  const page = await open([long]);
  const link = page.getByRole('link', { name: 'link40', exact: true });

  await link.focus();
  await page.getByRole('button', { name: 'Show less' }).waitFor();
  await still(page);

  const { top, height } = await link.evaluate((element) => ({ top: element.getBoundingClientRect().top, height: innerHeight }));
  expect(top).toBeGreaterThan(0);
  expect(top).toBeLessThan(height);
});

test('one that was unfolded stays so after it was scrolled out of sight', async () => {
  const room = await makeRoom(ada, 'Far', []);
  await post(ada, room, long);
  await postMany(ada, room, Array.from({ length: 120 }, (_, index) => `filler ${index}`));
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}/m/1`);
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.evaluate(() => document.querySelector('[data-messages]')!.scrollTo(0, 9_000));
  await until('the long one out of the page', async () => (await page.getByRole('link', { name: 'link80', exact: true }).count()) === 0);
  await page.evaluate(() => document.querySelector('[data-messages]')!.scrollTo(0, 0));

  await page.getByRole('button', { name: 'Show less' }).waitFor();
});

const folder = process.env.LOQUAT_SHOTS_DIR;
test.runIf(folder)('pictures', async () => {
  for (const width of [375, 1440]) {
    const page = await open(['before', long, 'after'], width);
    await page.screenshot({ path: join(folder!, `fold-${width}.png`) });
  }
});

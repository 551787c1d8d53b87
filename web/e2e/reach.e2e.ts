import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { composer, makeDirect, makeRoom, openBrowser, post, register, signIn, until, type Browser, type Person } from './support';

// Whoever has no mouse, no colours, large letters or large fingers.

let browser: Browser;
let ada: Person;
let tom: Person;
let room: string;
beforeAll(async () => {
  browser = await openBrowser();
  [ada, tom] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tom')]);
  for (let index = 0; index < 40; index += 1) await makeRoom(ada, `Room ${index}`, []);
  room = await makeRoom(ada, 'Reached', [tom]);
  await makeDirect(ada, tom);
  await post(tom, room, 'Hello there');
}, 120_000);
afterAll(() => browser.close());

const focusedRow = (page: Page) =>
  page.evaluate(() => (document.activeElement as HTMLElement | null)?.closest<HTMLElement>('[data-item]')?.innerText ?? '').then((text) => text.split('\n').find((line) => line.trim().length > 1) ?? '');

test('the list of chats is one stop for Tab, and arrows move in it', async () => {
  const page = await browser.newPage();
  await signIn(page, ada, '/');
  await page.getByRole('link', { name: /Reached/ }).waitFor();
  const stops = await page.evaluate(() => document.querySelectorAll('nav[aria-label="Conversations"] [tabindex="0"]').length);
  expect(stops).toBe(1);

  await page.getByRole('button', { name: 'All', exact: true }).focus();
  await page.keyboard.press('Tab');
  expect(await focusedRow(page)).toBe('Rooms');
  await page.keyboard.press('ArrowDown');
  await until('the first room', async () => (await focusedRow(page)) === 'Reached');
  await page.keyboard.press('End');
  await until('the last row', async () => (await focusedRow(page)).startsWith('Tom'));
  await page.keyboard.press('Home');
  await until('the first row', async () => (await focusedRow(page)) === 'Rooms');
  await page.keyboard.press('ArrowLeft');
  await until('a folded section', async () => (await page.getByRole('link', { name: /Room 1/ }).count()) === 0);
  await page.keyboard.press('ArrowRight');
  await page.getByRole('link', { name: /Room 39/ }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(new RegExp(room));
});

test('dialogs begin where they are used, not at the way out', async () => {
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}?panel=members`);
  const focused = () => page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    return (element.getAttribute('aria-label') ?? (element as HTMLInputElement).labels?.[0]?.textContent ?? element.textContent ?? '').trim();
  });

  await page.getByRole('button', { name: 'Invite people' }).click();
  await until('the field', async () => (await focused()) === 'People');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Actions for Tom' }).click();
  await page.getByRole('menuitem', { name: 'Remove from room' }).click();
  await until('the harmless button', async () => (await focused()) === 'Cancel');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Tom/ }).click();
  await until('the way to write', async () => (await focused()) === 'Message');
  await page.keyboard.press('Escape');
  await page.locator('h1').first().click();
  await page.keyboard.press('Escape');
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.press('?');
  await until('the heading', async () => (await focused()) === 'Keyboard');
});

test('letters grow with the browser’s text size', async () => {
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}`);
  await page.locator('[data-message]').waitFor();
  const sizes = () => page.evaluate(() =>
    ['[data-message] .content', '[data-composer]', '[data-row]', 'h1', 'time'].map((one) => parseFloat(getComputedStyle(document.querySelector(one)!).fontSize)));
  const before = await sizes();

  await page.addStyleTag({ content: 'html { font-size: 24px }' }).catch(() => page.evaluate(() => {
    document.documentElement.style.fontSize = '24px';
  }));

  for (const [index, size] of (await sizes()).entries()) expect(size).toBeCloseTo((before[index] ?? 0) * 1.5, 1);
});

test('in forced colours the open chat, what is chosen and what is unread are seen', async () => {
  const page = await browser.newPage();
  await page.emulateMedia({ forcedColors: 'active' });
  await signIn(page, ada, `/c/${room}`);
  await page.locator('[data-message]').waitFor();
  const ground = (selector: string) => page.evaluate((one) => getComputedStyle(document.querySelector(one)!).backgroundColor, selector);
  const page_ = await ground('body');

  for (const selector of ['[data-row][aria-current="page"]', 'nav a[aria-current="page"]', '[aria-pressed="true"]', '[data-mark]']) {
    expect(await ground(selector), selector).not.toBe(page_);
    expect(await ground(selector), selector).not.toBe('rgba(0, 0, 0, 0)');
  }
});

const small = (page: Page) => page.evaluate(() => {
  const found: string[] = [];
  for (const one of document.querySelectorAll<HTMLElement>('button, a[href], input, textarea, select, [role="option"], [role="checkbox"], [role="switch"]')) {
    const box = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    // A link within a sentence is as high as its line; what is hidden or only read out is no target.
    const inSentence = one.matches('p a, .content a') || (one.tagName === 'A' && style.display === 'inline');
    const label = one.closest('label')?.getBoundingClientRect() ?? (one.id ? document.querySelector(`label[for="${one.id}"]`)?.getBoundingClientRect() : undefined);
    const high = one.matches('[role="switch"], [type="radio"]') && label ? Math.max(label.height, box.height, one.parentElement!.getBoundingClientRect().height) : box.height;
    const wide = one.matches('[type="radio"]') && label ? label.width : box.width;
    if (box.width <= 1 && !one.matches('[type="radio"]')) continue;
    if (inSentence || one.matches('.sr-only') || style.visibility === 'hidden' || one.closest('[inert]') || box.height === 0) continue;
    if (high < 43.5 || wide < 39.5) found.push(`${one.tagName} ${one.getAttribute('aria-label') ?? one.textContent?.slice(0, 30)} ${Math.round(wide)}x${Math.round(high)}`);
  }
  return found;
});

test('targets are large enough for fingers', async () => {
  const page = await browser.newPage({ width: 375, height: 720, touch: true });
  await page.goto('/sign-in');
  await page.getByLabel('User name or e-mail').waitFor();
  expect(await small(page), 'sign-in').toEqual([]);
  await signIn(page, ada, '/');
  for (const [path, wait] of [
    ['/', 'Reached'], [`/c/${room}`, 'Hello there'], [`/c/${room}?panel=about`, 'Copy link'], [`/c/${room}?panel=members`, 'Owner'],
    [`/c/${room}?panel=settings`, 'Archive room'], ['/new/room', 'Create room'], ['/people', 'People'], ['/rooms', 'Rooms'], ['/settings', 'Settings'],
    ['/settings/account', 'Display name'], ['/settings/preferences', 'Density'], ['/settings/usage', 'What your questions'],
  ] as const) {
    await page.goto(path);
    await page.getByText(wait).filter({ visible: true }).first().waitFor();
    if (path === '/new/room') await page.getByRole('checkbox').first().click();
    expect(await small(page), path).toEqual([]);
  }
});

test('a long name leaves the composer on one line', async () => {
  const long = await makeRoom(ada, 'The very long name of a room that nobody would ever want to read on a telephone, but there it is', []);
  const page = await browser.newPage({ width: 375, height: 720, touch: true });
  await signIn(page, ada, `/c/${long}`);
  await composer(page).waitFor();

  expect((await composer(page).boundingBox())!.height).toBeLessThan(50);
  await page.locator('h1 button').click();
  await page.getByRole('dialog').getByText('there it is').waitFor();
});

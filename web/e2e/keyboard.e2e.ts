import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshName, openBrowser, password, register, shownTexts, until, type Browser } from './support';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null;
    const label = element?.getAttribute('aria-label') ?? (element as HTMLInputElement | null)?.labels?.[0]?.textContent ?? element?.textContent ?? '';
    return label.trim();
  });

async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let i = 0; i < 60; i += 1) {
    const now = await focused(page);
    if (typeof name === 'string' ? now === name : name.test(now)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no way by Tab to ${String(name)}; last was ${await focused(page)}`);
}

async function signUp(page: Page): Promise<void> {
  await page.goto('/sign-up');
  await until('the first field', async () => (await focused(page)) === 'User name');
  await page.keyboard.type(freshName('kay'));
  await tabTo(page, 'Display name');
  await page.keyboard.type('Kay');
  await tabTo(page, 'Password');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.getByText('No conversations yet').waitFor();
}

async function choose(page: Page, query: string, option: RegExp): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(query);
  await page.getByRole('option', { name: option, selected: true }).waitFor();
  await page.keyboard.press('Enter');
}

async function createRoomWith(page: Page, guest: string, name: RegExp): Promise<void> {
  await choose(page, 'new room', /New room/);
  await until('the name field', async () => (await focused(page)) === 'Name');
  await page.keyboard.type('By hand');
  await tabTo(page, 'Invite people (optional)');
  await page.keyboard.type(guest);
  await page.getByRole('checkbox', { name }).waitFor();
  await tabTo(page, name);
  await page.keyboard.press('Space');
  await tabTo(page, 'Create room');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/c\//);
}

async function sendAndEdit(page: Page): Promise<void> {
  await until('the composer in focus', async () => (await focused(page)).startsWith('Write to'));
  await page.keyboard.type('frist');
  await page.keyboard.press('Enter');
  await until('the message', async () => (await shownTexts(page)).join() === 'frist' && (await page.locator('[data-pending]').count()) === 0);
  await page.keyboard.press('ArrowUp');
  await page.getByLabel('Edit the message').waitFor();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('first');
  await page.keyboard.press('Enter');
  await until('the edit', async () => (await shownTexts(page)).join() === 'first');
  await until('the composer in focus again', async () => (await focused(page)).startsWith('Write to'));
}

async function replyToOwn(page: Page): Promise<void> {
  await page.keyboard.press('Shift+Tab');
  await until('the list of messages in focus', async () => (await focused(page)) === 'Messages');
  await page.keyboard.press('ArrowUp');
  await until('the message in focus', async () => (await focused(page)).startsWith('Kay,'));
  await page.keyboard.press('r');
  await page.getByText('Replying to').waitFor();
  await page.keyboard.type('an answer');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: /In reply to/ }).waitFor();
}

test('the first hour by keyboard alone: register, create, invite, send, edit, reply, search, sign out', async () => {
  const june = await register('june', 'June Keys');
  const page = await browser.newPage();

  await signUp(page);
  await createRoomWith(page, june.username, /June Keys/);
  await sendAndEdit(page);
  await replyToOwn(page);
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Escape');
  await until('the focus where it was', async () => (await focused(page)).startsWith('Write to'));
  await choose(page, 'by ha', /By hand/);
  await choose(page, 'sign out', /Sign out/);

  await page.getByLabel('User name or e-mail').waitFor();
  expect(await page.locator('#main').count()).toBe(0);
});

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { api, composer, makeRoom, openBrowser, register, shownTexts, signIn, until, type Browser, type Person } from './support';

// What is typed stays: over tabs, files that are dropped, commands that are none.

let browser: Browser;
let ada: Person;
beforeAll(async () => {
  browser = await openBrowser();
  ada = await register('ada', 'Ada');
});
afterAll(() => browser.close());

const text = (page: Page) => composer(page).inputValue();

async function twoTabs(room: string): Promise<[Page, Page]> {
  const context = await browser.newContext();
  const [one, other] = [await context.newPage(), await context.newPage()];
  await signIn(one, ada, `/c/${room}`);
  await other.goto(`/c/${room}`);
  await composer(other).waitFor();
  await composer(one).waitFor();
  return [one, other];
}

test('drafts of two tabs do not overwrite one another, and both are there after a reload', async () => {
  const [one, other] = await twoTabs(await makeRoom(ada, 'Twice', []));

  await composer(one).pressSequentially('mine');
  await composer(other).pressSequentially('yours');
  await composer(one).pressSequentially(' stays');

  await until('the other tab keeps its own', async () => (await text(other)) === 'yours');
  expect(await text(one)).toBe('mine stays');
  await one.reload();
  await other.reload();
  await until('the first draft', async () => (await text(one)) === 'mine stays');
  await until('the second draft', async () => (await text(other)) === 'yours');
  await composer(other).fill('yours anew');
  await one.reload();
  await until('the first draft again', async () => (await text(one)) === 'mine stays');
});

test('a draft that is sent in one tab is gone in the other', async () => {
  const [one, other] = await twoTabs(await makeRoom(ada, 'Once', []));
  await composer(one).pressSequentially('only once');
  await other.reload();
  await until('shown in both', async () => (await text(other)) === 'only once');

  await composer(other).press('Enter');

  await until('the message', async () => (await shownTexts(other)).join() === 'only once');
  await until('no draft', async () => (await text(one)) === '' && (await text(other)) === '');
});

test('a message is as long as the server counts: sixteen thousand emoji fit, one more does not', async () => {
  const room = await makeRoom(ada, 'Faces', []);
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}`);

  await composer(page).fill('😀'.repeat(16_001));
  await page.getByText('1 character too long').waitFor();
  await composer(page).fill('😀'.repeat(16_000));
  await page.getByText('too long').waitFor({ state: 'detached' });
  await composer(page).press('Enter');

  await until('the message', async () => {
    const { items } = await api<{ items: { text: string }[] }>(ada, 'GET', `/api/chats/${room}/messages`);
    return items.length === 1 && [...(items[0]?.text ?? '')].length === 16_000;
  });
});

test('an unknown command is said and not sent; it can be sent as a text', async () => {
  const room = await makeRoom(ada, 'Commands', []);
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}`);

  await composer(page).fill('/shrug at that');
  await composer(page).press('Enter');
  await page.getByText('There is no command /shrug here.').waitFor();
  expect(await text(page)).toBe('/shrug at that');
  expect(await shownTexts(page)).toEqual([]);
  await page.getByRole('button', { name: 'Send as text' }).click();

  await until('the message', async () => (await shownTexts(page)).join() === '/shrug at that');
  await composer(page).fill('/etc/hosts is a file');
  await composer(page).press('Enter');
  await until('a path is a message', async () => (await shownTexts(page)).length === 2);
});

test('a file that is dropped does not take the app away, a picture that is pasted is said', async () => {
  const room = await makeRoom(ada, 'Files', []);
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}`);
  await composer(page).fill('half a');
  const send = (type: string, mime: string, target: string) => page.evaluate(({ type, mime, target }) => {
    const data = new DataTransfer();
    data.items.add(new File(['x'], 'x.png', { type: mime }));
    const made = type === 'paste'
      ? new ClipboardEvent(type, { clipboardData: data, bubbles: true, cancelable: true })
      : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
    return !document.querySelector(target)!.dispatchEvent(made);
  }, { type, mime, target });

  for (const target of ['body', '[data-messages]', '[data-composer]']) {
    expect(await send('dragover', 'application/pdf', target), target).toBe(true);
    expect(await send('drop', 'application/pdf', target), target).toBe(true);
  }
  await page.getByText('Files cannot be sent yet').first().waitFor();
  expect(await send('paste', 'image/png', '[data-composer]')).toBe(true);
  await page.getByText('Pictures cannot be sent yet').waitFor();

  expect(await text(page)).toBe('half a');
  expect(page.url()).toContain(room);
});

import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeAssistant } from './fake-assistant';
import { api, composer, makeRoom, openBrowser, register, signIn, until, write, type Browser, type Person } from './support';

// Assistants against the real server and its simulated model, whose pace a question can set: [[slow 40]] says so
// many milliseconds from word to word.

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

interface Stored {
  items: { text: string; sender: { kind: string }; generationId: string | null }[];
}

async function newChat(person: Person): Promise<string> {
  return (await api<{ id: string }>(person, 'POST', '/api/chats', { kind: 'assistant' })).id;
}

async function storedAnswers(person: Person, chatId: string): Promise<string[]> {
  const { items } = await api<Stored>(person, 'GET', `/api/chats/${chatId}/messages`);
  return items.filter(({ sender }) => sender.kind === 'assistant').map(({ text }) => text);
}

const rows = (page: Page) => page.locator('[data-answer]');
const finished = (page: Page) => page.locator('[data-answer-state="message"]');
const stop = (page: Page) => page.getByRole('button', { name: 'Stop the answer' });
// What the last answer says now, as one line.
const said = async (page: Page) => (await rows(page).last().locator('.content').allInnerTexts()).join(' ').replace(/\s+/g, ' ');
// A text without its marks; the numbers of a list are no text where they are drawn.
const words = (text: string) => text.replace(/^ *\d+\. /gm, '').replace(/[`*|#-]/g, '').replace(/\s+/g, ' ').trim();

async function untilWords(page: Page, length: number): Promise<string> {
  await until(`${length} characters of an answer`, async () => (await said(page)).length > length);
  return said(page);
}

test('a new chat is there at once; it is answered, gets a name, and counts as usage', async () => {
  const ada = await register('ada', 'Ada');
  const page = await browser.newPage();
  await signIn(page, ada, '/new');
  await page.getByText('What is on your mind?').waitFor();
  const { pathname } = new URL(page.url());

  await page.goto('/new');
  await page.getByText('What is on your mind?').waitFor();
  expect(new URL(page.url()).pathname).toBe(pathname);
  await write(page, '[[tokens 40]] How do tides work?');

  await finished(page).waitFor();
  await until('a name in the list', async () => (await page.getByRole('link', { name: /New chat/ }).count()) === 0);
  await finished(page).hover();
  await page.getByText(/tokens in, 40 out/).waitFor();
  await page.goto('/settings/usage');
  await page.locator('[data-slot="usage-chart"]').waitFor();
});

test('a reload in mid-answer goes on without a gap', async () => {
  const ada = await register('ada', 'Ada');
  const chat = await newChat(ada);
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${chat}`);
  await write(page, '[[slow 30]][[tokens 160]] Tell me something long');
  const before = await untilWords(page, 120);

  await page.reload();
  await rows(page).waitFor();
  const after = await untilWords(page, before.length - 1);

  // The last letters may be half a mark of Markdown.
  expect(after.startsWith(before.slice(0, 100))).toBe(true);
  await finished(page).waitFor();
  expect(words(await said(page))).toBe(words((await storedAnswers(ada, chat))[0] ?? ''));
});

test('Stop ends the answer, keeps what came and says so', async () => {
  const ada = await register('ada', 'Ada');
  const chat = await newChat(ada);
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${chat}`);
  await write(page, '[[slow 30]][[endless]] Never stop');
  await untilWords(page, 60);

  await stop(page).click();

  await page.getByText('Stopped', { exact: true }).waitFor();
  await stop(page).waitFor({ state: 'detached' });
  await finished(page).waitFor();
  const text = await said(page);
  expect(words(text)).toBe(words((await storedAnswers(ada, chat))[0] ?? ''));
});

test('Escape in the composer stops too', async () => {
  const ada = await register('ada', 'Ada');
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${await newChat(ada)}`);
  await write(page, '[[slow 30]][[endless]] Never stop');
  await untilWords(page, 30);

  await composer(page).press('Escape');

  await page.getByText('Stopped', { exact: true }).waitFor();
});

test('two tabs agree on every word, and on who stopped it', async () => {
  const ada = await register('ada', 'Ada');
  const chat = await newChat(ada);
  const context = await browser.newContext();
  const [first, second] = [await context.newPage(), await context.newPage()];
  await signIn(first, ada, `/c/${chat}`);
  await write(first, '[[slow 30]][[endless]] Never stop');
  await untilWords(first, 60);

  // The second one comes in the middle.
  await second.goto(`/c/${chat}`);
  await untilWords(second, 60);
  await stop(second).click();

  await first.getByText('Stopped', { exact: true }).waitFor();
  await stop(first).waitFor({ state: 'detached' });
  await Promise.all([finished(first).waitFor(), finished(second).waitFor()]);
  expect(await said(first)).toBe(await said(second));
});

test('questions wait in their order and say so', async () => {
  const ada = await register('ada', 'Ada');
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${await newChat(ada)}`);
  await write(page, '[[slow 30]][[endless]] The first');
  await untilWords(page, 20);

  await write(page, '[[tokens 5]] The second');
  await page.getByText('Next in the queue').waitFor();
  await write(page, '[[tokens 5]] The third');
  await page.getByText('Second in the queue').waitFor();
  await stop(page).click();

  await until('all three', async () => (await finished(page).count()) === 3);
});

test('a failed answer says why, survives a reload and can be tried again', async () => {
  const ada = await register('ada', 'Ada');
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${await newChat(ada)}`);

  await write(page, '[[fail start]] Hello');

  await page.getByText('The answer failed.').waitFor();
  await page.reload();
  await page.getByText('The answer failed.').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await until('the second try', async () => (await page.locator('[data-answer-state="failed"]').count()) === 1 && (await rows(page).count()) === 1);
});

test('another answer, and another question in the place of the last', async () => {
  const ada = await register('ada', 'Ada');
  const chat = await newChat(ada);
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${chat}`);
  await write(page, '[[tokens 8]] First words');
  await finished(page).waitFor();

  await page.getByRole('button', { name: 'Answer again' }).click();
  await until('a second answer', async () => (await finished(page).count()) === 2);
  await composer(page).focus();
  await page.keyboard.press('ArrowUp');
  await page.getByLabel('Edit the message').fill('[[tokens 9]] Other words');
  await page.getByRole('button', { name: 'Ask again' }).click();

  await until('a third answer', async () => (await finished(page).count()) === 3);
  await page.locator('[data-message]').getByText('Other words').first().waitFor();
  await page.reload();
  await until('three answers after a reload', async () => (await finished(page).count()) === 3 || (await storedAnswers(ada, chat)).length === 3);
});

test('offline and back: the answer is filled in', async () => {
  const ada = await register('ada', 'Ada');
  const chat = await newChat(ada);
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${chat}`);
  await write(page, '[[slow 30]][[tokens 200]] Something long');
  await untilWords(page, 60);

  await page.context().setOffline(true);
  await page.getByText('The answer goes on at the server').waitFor();
  await until('the answer to be stored meanwhile', async () => (await storedAnswers(ada, chat)).length > 0, 60_000);
  await page.context().setOffline(false);

  await finished(page).waitFor();
  expect(words(await said(page))).toBe(words((await storedAnswers(ada, chat))[0] ?? ''));
});

test('without a live connection answers come all the same', async () => {
  const ada = await register('ada', 'Ada');
  const chat = await newChat(ada);
  const page = await browser.newPage();
  await page.routeWebSocket('**/ws', (socket) => socket.close());
  await signIn(page, ada, `/c/${chat}`);

  await write(page, '[[tokens 30]] Hello');

  await finished(page).waitFor({ timeout: 30_000 });
});

test('three people and an assistant in a room', async () => {
  const [ada, tom, june] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tom'), register('june', 'June')]);
  const room = await makeRoom(ada, 'Together', [tom, june]);
  const pages = [await browser.newPage(), await browser.newPage(), await browser.newPage()] as const;
  for (const [index, person] of [ada, tom, june].entries()) await signIn(pages[index] as Page, person, `/c/${room}`);
  const [adas, toms, junes] = pages;
  // The owner switches it on.
  await adas.getByRole('button', { name: 'Details and members' }).click();
  await adas.getByRole('tab', { name: 'Settings' }).click();
  await adas.getByRole('switch', { name: /Assistant in this room/ }).click();
  await adas.getByText('The assistant answers here now').waitFor();

  await composer(toms).pressSequentially('@assi');
  await toms.getByRole('option', { name: /Assistant/ }).waitFor();
  await composer(toms).press('Enter');
  expect(await composer(toms).inputValue()).toBe('@assistant ');
  await composer(toms).pressSequentially('what shall we cook on Friday?');
  await composer(toms).press('Enter');
  await write(junes, 'I hope it is soup.');

  for (const page of pages) await finished(page).waitFor();
  const texts = await Promise.all(pages.map((page) => said(page)));
  expect(new Set(texts).size).toBe(1);
  // Only who asked has Stop.
  expect(await stop(adas).count()).toBe(0);
  expect((await storedAnswers(june, room)).length).toBe(1);
});

test('what a reader hears is sentences', async () => {
  const ada = await register('ada', 'Ada');
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${await newChat(ada)}`);
  const heard: string[] = [];
  await page.exposeFunction('hear', (text: string) => void (text && heard.push(text)));
  await page.evaluate(() => {
    const region = document.querySelector('[data-answer-voice]')!;
    new MutationObserver(() => (window as unknown as { hear: (text: string) => void }).hear(region.textContent ?? '')).observe(region, { childList: true, characterData: true, subtree: true });
  });

  await write(page, '[[slow 20]][[tokens 90]] Hello');
  await finished(page).waitFor();
  await until('the end to be said', () => heard.join(' ').includes('Answer finished.'));

  expect(heard[0]).toContain('The assistant is answering.');
  expect(heard.length).toBeLessThan(20);
  const middle = heard.slice(1, -1).filter((text) => !/[.!?…)"`:]$/.test(text.trim()));
  expect(middle, heard.join(' ¦ ')).toEqual([]);
});

test('an answer given without the oldest messages says so', async () => {
  const ada = await register('ada', 'Ada');
  const page = await browser.newPage();
  const fake = await new FakeAssistant(page).start();
  await signIn(page, ada, `/c/${await newChat(ada)}`);
  await write(page, 'And before that?');
  await page.locator('[data-answer="g1"]').waitFor();
  const answer = fake.answers[0]!;

  fake.say(answer, { type: 'state', state: 'streaming' });
  fake.say(answer, { type: 'notice', code: 'generation.context_shortened', message: 'The oldest 12 messages were left out.', dropped: 12 });
  fake.say(answer, { type: 'delta', delta: 'I read only the end.' });
  fake.finish(answer, 2);

  await page.locator('[data-answer="g1"][data-answer-state="message"]').waitFor();
  await rows(page).getByText('The oldest 12 messages were left out.').waitFor();
  expect(await page.locator('[data-answer="g1"] .content').innerText()).toBe('I read only the end.');
});

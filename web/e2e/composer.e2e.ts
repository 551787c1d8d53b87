import { afterAll, beforeAll, expect, test } from 'vitest';
import { api, composer, makeDirect, makeRoom, openBrowser, post, register, shownTexts, signIn, until, type Browser } from './support';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

test('a colon and two letters offer emoji, by keys alone', async () => {
  const ada = await register('ada', 'Ada');
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${await makeRoom(ada, 'Faces', [])}`);

  await composer(page).pressSequentially('done :heart');
  await page.getByRole('listbox', { name: 'Emoji' }).waitFor();
  await composer(page).press('ArrowDown');
  await composer(page).press('ArrowUp');
  await composer(page).press('Enter');
  await composer(page).pressSequentially('and :tada:');
  expect(await composer(page).inputValue()).toBe('done ❤️ and 🎉 ');
  await composer(page).pressSequentially(':ro');
  await composer(page).press('Escape');
  await composer(page).press('Enter');

  await until('the message', async () => (await shownTexts(page)).join() === 'done ❤️ and 🎉 :ro');
});

test('a slash offers what one may do in a room, and does it', async () => {
  const [ada, tom] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tom')]);
  const room = await makeRoom(ada, 'Kitchen', []);
  const [one, other] = [await browser.newPage(), await browser.newPage()];
  await signIn(one, ada, `/c/${room}`);
  await signIn(other, tom);

  await composer(one).pressSequentially('/');
  const offered = async () => (await one.getByRole('option').allInnerTexts()).map((text) => text.split(/\s/)[0]);
  // Who is alone may leave, and the room goes with them.
  expect(await offered()).toEqual(['/invite', '/rename', '/leave']);
  await composer(one).pressSequentially('inv');
  await composer(one).press('Tab');
  await composer(one).pressSequentially('nobody-at-all');
  await composer(one).press('Enter');
  await one.getByText('Nobody called “nobody-at-all”').waitFor();
  await composer(one).pressSequentially(`/invite ${tom.username}`);
  await composer(one).press('Enter');
  await one.getByText('Invited Tom').waitFor();
  // The owner of others may not.
  await composer(one).pressSequentially('/');
  await until('no leaving', async () => (await offered()).join() === '/invite,/rename');
  await composer(one).fill('');
  await composer(one).pressSequentially('/rename Pantry');
  await composer(one).press('Enter');
  await one.getByRole('heading', { name: 'Pantry' }).first().waitFor();
  await composer(one).pressSequentially('/invite');
  await composer(one).press('Enter');
  await one.getByRole('heading', { name: 'Invite to Pantry' }).waitFor();

  await other.getByRole('link', { name: /Pantry/ }).click();
  await composer(other).pressSequentially('/leave');
  await composer(other).press('Enter');
  await other.getByRole('dialog').getByRole('button', { name: 'Leave room' }).click();
  await until('the list without the room', async () => (await other.getByRole('link', { name: /Pantry/ }).count()) === 0);
  const { items } = await api<{ items: unknown[] }>(ada, 'GET', `/api/chats/${room}/messages`);
  expect(items).toHaveLength(0);
});

test('the list says who a direct chat is with and what came last, without asking again', async () => {
  const [ada, tom] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tomasz')]);
  const direct = await makeDirect(ada, tom);
  const page = await browser.newPage();
  await signIn(page, ada);
  const row = page.getByRole('link', { name: /Tomasz/ });
  // What is followed from some moment on is read once more then.
  await until('the live connection', async () => {
    await post(tom, direct, 'Good morning');
    return (await row.getByText('Good morning').count()) === 1;
  });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await post(tom, direct, 'Are you there?');
  await row.getByText('Are you there?').waitFor();

  expect(asked.filter((path) => path.startsWith('/api/chats'))).toEqual([]);
});

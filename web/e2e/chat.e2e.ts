import { afterAll, beforeAll, expect, test } from 'vitest';
import { composer, makeDirect, makeRoom, openBrowser, password, post, register, freshName, shownTexts, signIn, until, write, type Browser } from './support';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

test('two people see each other’s messages, edits, deletions and typing', async () => {
  const [ada, tom] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tom')]);
  const room = await makeRoom(ada, 'Kitchen', [tom]);
  const [one, other] = [await browser.newPage(), await browser.newPage()];
  await signIn(one, ada, `/c/${room}`);
  await signIn(other, tom, `/c/${room}`);

  await write(one, 'Is there **tea**?');
  await other.locator('[data-message] strong', { hasText: 'tea' }).waitFor();
  await composer(other).pressSequentially('ye');
  await one.getByText(/^Tom .*is writing/).waitFor();
  await write(other, 'Yes');
  await one.getByText('Yes', { exact: true }).first().waitFor();
  expect(await shownTexts(one)).toEqual(['Is there tea?', 'Yes']);

  await composer(one).press('ArrowUp');
  await one.getByLabel('Edit the message').fill('Is there coffee?');
  await one.getByLabel('Edit the message').press('Enter');
  await other.getByText('Is there coffee?').first().waitFor();
  await other.getByText('(edited)').waitFor();

  await one.getByText('Is there coffee?').last().hover();
  await one.getByRole('toolbar').getByRole('button', { name: 'More' }).click();
  await one.getByRole('menuitem', { name: 'Delete' }).click();
  await one.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await other.locator('[data-message]').getByText('Message deleted').waitFor();
  expect(await other.getByText('coffee').count()).toBe(0);
});

test('a message is on the screen at once, faint until the server has it', async () => {
  const ada = await register('ada', 'Ada');
  const room = await makeRoom(ada, 'Alone', []);
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}`);
  await composer(page).waitFor();

  await write(page, 'first');
  await page.locator('[data-message]').getByText('first').waitFor();

  await until('the receipt', async () => (await page.locator('[data-pending]').count()) === 0);
  expect(await shownTexts(page)).toEqual(['first']);
});

test('a refused message stays with its reason and can be sent again or thrown away', async () => {
  const ada = await register('ada', 'Ada');
  const room = await makeRoom(ada, 'Alone', []);
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}`);

  await write(page, 'bell \u0007 rings');
  await page.getByText('Not sent.').waitFor();
  await page.getByRole('button', { name: 'Retry' }).click();
  await page.getByText('Not sent.').waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
  await write(page, 'after');

  await until('the next message', async () => (await shownTexts(page)).join() === 'after');
});

test('a direct conversation has one place, whoever opens it', async () => {
  const [ada, tom] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tomasz')]);
  const page = await browser.newPage();
  await signIn(page, ada, '/people');

  await page.getByLabel('Find a person').fill(tom.username);
  await page.getByRole('button', { name: 'Message Tomasz' }).click();
  await page.waitForURL(/\/c\//);

  expect(page.url()).toContain(await makeDirect(tom, ada));
  await page.getByRole('heading', { name: 'Tomasz' }).first().waitFor();
});

test('a public room is found, read and joined; its owner renames, archives and deletes it', async () => {
  const [ada, tom] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tom')]);
  const title = freshName('Open');
  const room = await makeRoom(ada, title, [], 'public');
  await post(ada, room, 'Welcome in');
  const [owner, guest] = [await browser.newPage(), await browser.newPage()];
  await signIn(owner, ada, `/c/${room}?panel=settings`);
  await signIn(guest, tom, '/rooms');

  await guest.getByLabel('Find a public room').fill(title);
  await guest.getByRole('button', { name: `Join ${title}` }).click();
  await guest.locator('[data-message]').getByText('Welcome in').waitFor();
  await write(guest, 'Thanks');
  await owner.locator('[data-message]').getByText('Thanks').waitFor();

  await owner.getByLabel('Name', { exact: true }).fill(`${title} now`);
  await owner.getByRole('button', { name: 'Save' }).click();
  await guest.getByRole('heading', { name: `${title} now` }).first().waitFor();
  await owner.getByRole('button', { name: 'Archive room' }).click();
  await guest.getByText('This room is archived').waitFor();
  await owner.getByRole('button', { name: 'Delete room' }).click();
  await owner.getByRole('dialog').getByRole('button', { name: 'Delete room' }).click();

  await owner.waitForURL(/\/$/);
  await guest.getByText('There is nothing here').waitFor();
});

test('the owner hands a room over and stays as an admin', async () => {
  const [ada, tom] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tom')]);
  const room = await makeRoom(ada, 'Handed over', [tom]);
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}?panel=members`);

  await page.getByRole('button', { name: 'Actions for Tom' }).click();
  await page.getByRole('menuitem', { name: 'Make owner' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Make owner' }).click();

  await page.getByText('Tom owns the room now').waitFor();
  await page.getByRole('listitem').filter({ hasText: 'Tom' }).getByText('Owner').waitFor();
  await page.getByRole('listitem').filter({ hasText: 'Ada' }).getByText('Admin').waitFor();
});

test('a removed member sees the room no more', async () => {
  const [ada, tom] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tom')]);
  const room = await makeRoom(ada, 'Inner circle', [tom]);
  const [owner, guest] = [await browser.newPage(), await browser.newPage()];
  await signIn(guest, tom, `/c/${room}`);
  await composer(guest).waitFor();
  await signIn(owner, ada, `/c/${room}?panel=members`);

  await owner.getByRole('button', { name: 'Actions for Tom' }).click();
  await owner.getByRole('menuitem', { name: 'Remove from room' }).click();
  await owner.getByRole('dialog', { name: 'Remove Tom?' }).getByRole('button', { name: 'Remove from room' }).click();

  await guest.getByText('There is nothing here').waitFor();
  await until('the list without the room', async () => (await guest.getByRole('link', { name: /Inner circle/ }).count()) === 0);
});

test('what is typed is still there after a reload, and mentions are offered', async () => {
  const [ada, june] = await Promise.all([register('ada', 'Ada'), register('june', 'June')]);
  const room = await makeRoom(ada, 'Drafts', [june]);
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}`);

  await composer(page).pressSequentially('hello @ju');
  await page.getByRole('option', { name: /June/ }).waitFor();
  await composer(page).press('Enter');
  await page.reload();

  await until('the draft', async () => (await composer(page).inputValue()) === `hello @${june.username} `);
});

test('sign-up says what is wrong next to the field, and signing in needs the right password', async () => {
  const ada = await register('ada', 'Ada');
  const page = await browser.newPage();
  await page.goto('/sign-up');
  await page.getByLabel('User name').fill(ada.username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByText('Somebody has this name already').waitFor();

  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('User name or e-mail').fill(ada.username);
  await page.getByLabel('Password', { exact: true }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('do not belong together').waitFor();
});

test('a finger that rests on a message opens its actions', async () => {
  const ada = await register('ada', 'Ada');
  const room = await makeRoom(ada, 'Touch', []);
  await post(ada, room, 'hold me');
  const page = await browser.newPage({ width: 375, height: 720, touch: true });
  await signIn(page, ada, `/c/${room}`);
  const box = await page.locator('[data-message]').boundingBox();
  const session = await page.context().newCDPSession(page);
  const finger = { x: (box?.x ?? 0) + 100, y: (box?.y ?? 0) + 20 };

  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [finger] });
  await page.getByRole('dialog', { name: 'Message actions' }).waitFor();
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await page.getByRole('button', { name: 'Reply' }).click();

  await page.getByText('Replying to').waitFor();
});

test('a stranger in front of a public room is offered to join, and reads after that', async () => {
  const [ada, tom] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tom')]);
  const room = await makeRoom(ada, freshName('Porch'), [], 'public');
  await post(ada, room, 'for members');
  const page = await browser.newPage();
  await signIn(page, tom, `/c/${room}`);

  await page.getByText('Join to read what was said').waitFor();
  expect(await page.getByText('for members').count()).toBe(0);
  await page.getByRole('button', { name: 'Join', exact: true }).click();

  await page.locator('[data-message]').getByText('for members').waitFor();
});

test('a browser whose cookie is gone is asked to sign in', async () => {
  const ada = await register('ada', 'Ada');
  const page = await browser.newPage();
  await signIn(page, ada, '/');
  await page.context().clearCookies();

  await page.reload();

  await page.getByLabel('User name or e-mail').waitFor();
});

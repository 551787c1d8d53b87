import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { composer, makeRoom, openBrowser, post, register, shownTexts, signIn, until, type Browser } from './support';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

test('the picker is searched, walked through and left by keys alone', async () => {
  const ada = await register('ada', 'Ada');
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${await makeRoom(ada, 'Faces', [])}`);
  await composer(page).fill('ab');
  await composer(page).press('ArrowLeft');

  await page.getByRole('button', { name: 'Emoji', exact: true }).press('Enter');
  const search = page.getByRole('searchbox', { name: 'Search emoji' });
  await search.waitFor();
  await search.pressSequentially('rocket');
  await search.press('Enter');
  await until('the rocket at the caret', async () => (await composer(page).inputValue()) === 'a🚀b');
  await page.keyboard.type('!');
  expect(await composer(page).inputValue()).toBe('a🚀!b');

  await page.getByRole('button', { name: 'Emoji', exact: true }).press('Enter');
  await page.getByRole('heading', { name: 'Used lately' }).waitFor();
  await page.getByRole('searchbox').press('ArrowDown');
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.emoji)).toBe('🚀');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset.emoji)).toBe('😃');
  await page.keyboard.press('Escape');
  await page.keyboard.type('?');
  expect(await composer(page).inputValue()).toBe('a🚀!?b');

  const button = page.getByRole('button', { name: 'Emoji', exact: true });
  await button.click();
  await page.getByRole('searchbox').waitFor();
  await button.click();
  await page.getByRole('searchbox').waitFor({ state: 'detached' });
});

test('a skin tone is remembered, also for names', async () => {
  const ada = await register('ada', 'Ada');
  const page = await browser.newPage({ width: 390, height: 800, touch: true });
  await signIn(page, ada, `/c/${await makeRoom(ada, 'Hands', [])}`);

  await page.getByRole('button', { name: 'Emoji', exact: true }).tap();
  await page.getByRole('radio', { name: 'Medium', exact: true }).tap();
  await page.getByRole('searchbox').fill('wave');
  await page.getByRole('button', { name: 'waving hand' }).tap();
  await until('the hand', async () => (await composer(page).inputValue()) === '👋🏽');
  await composer(page).fill('');
  await composer(page).pressSequentially(':+1');
  await page.getByRole('option', { name: /:\+1:/ }).waitFor();
  await composer(page).pressSequentially(':');
  await until('the thumb', async () => (await composer(page).inputValue()).trim() === '👍🏽');
});

test('a message of nothing but emoji is large', async () => {
  const ada = await register('ada', 'Ada');
  const room = await makeRoom(ada, 'Large', []);
  for (const text of ['🎉', '🎉🎉🎉🎉', 'so 🎉']) await post(ada, room, text);
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}`);
  await until('three messages', async () => (await shownTexts(page)).length === 3);

  const sizes = await page.locator('.content p').evaluateAll((all) => all.map((element) => parseFloat(getComputedStyle(element).fontSize)));

  expect(sizes[0]).toBeGreaterThan(sizes[1]!);
  expect(sizes[1]).toBeGreaterThan(sizes[2]!);
});

const folder = process.env.LOQUAT_SHOTS_DIR;
test.runIf(folder)('pictures', async () => {
  const ada = await register('ada', 'Ada');
  const room = await makeRoom(ada, 'Pictures', []);
  for (const text of ['🎉', '❤️ 👍🏽 🇫🇷 👨‍👩‍👧', '🎉🎉🎉🎉🎉', 'so 🎉']) await post(ada, room, text);
  for (const dark of [false, true]) {
    for (const width of [375, 1440]) {
      const page = await browser.newPage({ width, height: 800, dark, touch: width < 800 });
      await signIn(page, ada, `/c/${room}`);
      await page.getByRole('button', { name: 'Emoji', exact: true }).click();
      await page.locator('[data-emoji]').first().waitFor();
      await page.screenshot({ path: join(folder!, `emoji-${width}-${dark ? 'dark' : 'light'}.png`) });
      await page.close();
    }
  }
});

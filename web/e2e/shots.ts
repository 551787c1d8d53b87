import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { api, composer, makeDirect, makeRoom, openBrowser, post, register, signIn, type Browser, type Look, type Person } from './support';

// Pictures of the main screens for a person to look through. Not a test of anything by itself.

const folder = process.env.LOQUAT_SHOTS_DIR ?? join(import.meta.dirname, 'shots');
const only = process.env.LOQUAT_SHOTS_ONLY;
const looks: (Look & { name: string })[] = [
  { name: '1440-light', width: 1440, height: 900 },
  { name: '1440-dark', width: 1440, height: 900, dark: true },
  { name: '2200-light', width: 2200, height: 1200 },
  { name: '2200-dark', width: 2200, height: 1200, dark: true },
  { name: '820-light', width: 820, height: 1100 },
  { name: '820-dark', width: 820, height: 1100, dark: true },
  { name: '375-light', width: 375, height: 720, touch: true },
  { name: '375-dark', width: 375, height: 720, dark: true, touch: true },
];

const talk: [number, string][] = [
  [1, 'Morning! The seed order arrived. I put the trays in the greenhouse, second shelf from the door.'],
  [1, 'Labels are in the drawer.'],
  [2, 'Lovely. Did they send the **Oliver** grafts too, or only seeds?'],
  [1, 'Both. Six grafts, all awake. Here is the list:\n\n- [x] Oliver, 3\n- [x] Mogi, 2\n- [ ] Champagne, 1 (back-ordered until March)'],
  [0, 'Great news. @mira could you add them to the plan?'],
  [3, 'On it. I would keep them apart for two weeks, see [the quarantine notes](https://garden.example.org/notes/quarantine) and https://example.org/pests.'],
  [3, '| Bed | Plant | Spacing | Sun |\n|---|---|--:|:-:|\n| A1 | Oliver | 4.5 m | full |\n| A2 | Mogi | 4.0 m | full |\n| B1 | Champagne | 4.0 m | half |'],
  [2, 'The watering script is done. It reads the sensor and opens the valve for a bounded time:\n\n```python\nfrom dataclasses import dataclass\n\n@dataclass\nclass Bed:\n    name: str\n    moisture: float  # 0 dry .. 1 wet\n\ndef minutes_to_water(bed: Bed, target: float = 0.6) -> int:\n    """Never more than a quarter of an hour at once."""\n    missing = max(0.0, target - bed.moisture)\n    return min(15, round(missing * 40))\n\nprint(minutes_to_water(Bed("A1", 0.35)))\n```\n\nRun it with `python water.py`.'],
  [0, '> Never more than a quarter of an hour at once.\n\nGood rule. Ship it.'],
  [1, 'שלום, מתי מגיעים השתילים הבאים?'],
  [2, 'Tuesday, if the road is open. ~~Monday~~'],
];

let browser: Browser;
let people: Person[];
let room: string;

beforeAll(async () => {
  browser = await openBrowser();
  people = await Promise.all([
    register('ada', 'Ada Lindqvist'), register('tom', 'Tom Okafor'), register('june', 'June Park'), register('mira', 'Mira Haddad'), register('leo', 'Leo'),
  ]);
  const [ada, tom, june, mira, leo] = people as [Person, Person, Person, Person, Person];
  for (const [title, visibility] of [['Weekend hikes', 'public'], ['Kitchen rota', 'private'], ['Book club', 'public'], ['Release 2', 'private']] as const) {
    const id = await makeRoom(tom, title, title === 'Book club' ? [] : [ada, june], visibility);
    await post(june.id && title === 'Book club' ? tom : june, id, `Notes for ${title.toLowerCase()} are up.`);
  }
  const direct = await makeDirect(ada, june);
  await post(june, direct, 'Are you in on Thursday?');
  await makeDirect(ada, leo);
  room = await makeRoom(ada, 'Garden', [tom, june, mira, leo]);
  await api(ada, 'PUT', `/api/chats/${room}/members/${tom.id}`, { role: 'admin' });
  for (let i = 0; i < 40; i += 1) await post(people[i % 4] as Person, room, `Earlier note ${i + 1}: the beds are watered and the gate is shut.`);
  const ids: string[] = [];
  for (const [who, text] of talk) ids.push((await post(people[who] as Person, room, text.replace('@mira', `@${mira.username}`))).id);
  await post(tom, room, 'Then I will drive there and fetch them.', ids[10]);
});

afterAll(() => browser.close());

async function shoot(page: Page, look: string, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null)))));
  await page.waitForFunction(() => document.getAnimations().every((a) => a.playState !== 'running' || a.effect?.getTiming().iterations === Infinity));
  await page.screenshot({ path: join(folder, `${name}-${look}.png`) });
}

async function outside(look: Look & { name: string }): Promise<void> {
  const page = await browser.newPage(look);
  await page.goto('/sign-in');
  await page.getByLabel('User name or e-mail').waitFor();
  await shoot(page, look.name, '01-sign-in');
  await page.goto('/sign-up');
  await page.getByLabel('User name').fill('A b');
  await page.getByLabel('Password', { exact: true }).fill('long enough now');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.locator('[aria-invalid]').first().waitFor();
  await shoot(page, look.name, '02-sign-up-error');
  await signIn(page, await register('new', 'Newcomer'));
  await page.getByText('No conversations yet').waitFor();
  await shoot(page, look.name, '03-empty');
  await page.context().close();
}

async function openRoom(page: Page, rest = ''): Promise<void> {
  await page.goto(`/c/${room}${rest}`);
  await page.getByText('Then I will drive').last().waitFor();
}

async function roomScreens(page: Page, look: string): Promise<void> {
  await page.getByText('Kitchen rota').first().waitFor();
  await shoot(page, look, '04-list');
  await openRoom(page);
  await shoot(page, look, '05-room');
  await page.getByText('The watering script').first().scrollIntoViewIfNeeded();
  await page.locator('.hljs-keyword').first().waitFor();
  await shoot(page, look, '06-code');
  // On a wide screen they are open from the start.
  const details = page.getByRole('region', { name: 'Details and members' });
  if (!(await details.isVisible())) await page.getByRole('button', { name: 'Details and members' }).click();
  await details.waitFor();
  await shoot(page, look, '07-about');
  await page.getByRole('tab', { name: 'Members' }).click();
  await page.getByText('Mira Haddad').last().waitFor();
  await shoot(page, look, '07-members');
  await page.goto(`/c/${room}?panel=settings`);
  await page.getByLabel('Name', { exact: true }).waitFor();
  await shoot(page, look, '08-room-settings');
}

async function writingScreens(page: Page, look: string, narrow: boolean): Promise<void> {
  await openRoom(page);
  await composer(page).fill('Thanks! One more thing:\n- water\n- prune\n\n@');
  await composer(page).press('End');
  await page.getByRole('listbox', { name: 'People to mention' }).waitFor();
  await shoot(page, look, '09-composer-mention');
  await composer(page).fill('It worked :hea');
  await page.getByRole('listbox', { name: 'Emoji' }).waitFor();
  await shoot(page, look, '09-composer-emoji');
  await composer(page).fill('/');
  await page.getByRole('listbox', { name: 'Commands' }).waitFor();
  await shoot(page, look, '09-composer-commands');
  await composer(page).fill('');
  if (narrow) return;
  await page.getByText('Ship it').first().hover();
  await page.getByRole('toolbar').getByRole('button', { name: 'More' }).click();
  await shoot(page, look, '10-actions');
  await page.keyboard.press('Escape');
}

async function switcherScreens(page: Page, look: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Go to' }).waitFor();
  await shoot(page, look, '11-switcher');
  await page.keyboard.type('ju');
  await page.getByRole('option').filter({ hasText: 'June' }).first().waitFor();
  await shoot(page, look, '12-switcher-query');
  await page.keyboard.press('Escape');
}

async function otherPages(page: Page, look: string): Promise<void> {
  for (const section of ['', '/account', '/preferences', '/usage']) {
    await page.goto(`/settings${section}`);
    await page.getByRole('heading', { name: section ? section.slice(1) : 'Settings' }).first().waitFor();
    if (section === '/account') await page.getByText('This browser').waitFor();
    await shoot(page, look, `13-settings${section.replace('/', '-')}`);
  }
  await page.goto('/new/room');
  await page.getByLabel('Name').first().fill('Harvest');
  await page.getByRole('checkbox').first().click();
  await shoot(page, look, '14-new-room');
  await page.goto('/people');
  await page.getByLabel('Find a person').fill('Park');
  await page.getByText('June Park').first().waitFor();
  await shoot(page, look, '15-people');
  await page.goto('/rooms');
  await page.getByText('Book club').first().waitFor();
  await shoot(page, look, '16-rooms');
}

async function edges(page: Page, look: string): Promise<void> {
  await openRoom(page);
  await page.locator('h1').first().click();
  await page.keyboard.press('?');
  await page.getByRole('heading', { name: 'Keyboard' }).waitFor();
  await shoot(page, look, '17-help');
  await page.keyboard.press('Escape');
  await page.context().setOffline(true);
  await composer(page).fill('Written while the train is in the tunnel.');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('Waiting for the connection').waitFor();
  await shoot(page, look, '18-offline');
  await page.context().setOffline(false);
  await page.goto('/c/00000000-0000-7000-8000-000000000000');
  await page.getByText('There is nothing here').waitFor();
  await shoot(page, look, '19-not-found');
}

for (const look of looks.filter((entry) => !only || entry.name.includes(only))) {
  test(look.name, { timeout: 180_000 }, async () => {
    mkdirSync(folder, { recursive: true });
    await outside(look);
    const page = await browser.newPage(look);
    await signIn(page, people[0] as Person);
    await roomScreens(page, look.name);
    await writingScreens(page, look.name, (look.width ?? 0) < 768);
    await switcherScreens(page, look.name);
    await otherPages(page, look.name);
    await edges(page, look.name);
    await page.context().close();
  });
}

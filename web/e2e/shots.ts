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
  { name: '768-light', width: 768, height: 1024 },
  { name: '768-dark', width: 768, height: 1024, dark: true },
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

for (const look of looks.filter((entry) => !only || entry.name.includes(only))) {
  test(look.name, { timeout: 180_000 }, async () => {
    mkdirSync(folder, { recursive: true });
    const narrow = (look.width ?? 0) < 768;
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

    const fresh = await register('new', 'Newcomer');
    await signIn(page, fresh);
    await page.getByText('No conversations yet').waitFor();
    await shoot(page, look.name, '03-empty');
    await page.context().close();

    const inside = await browser.newPage(look);
    await signIn(inside, people[0] as Person);
    await inside.getByText('Kitchen rota').first().waitFor();
    await shoot(inside, look.name, '04-list');
    await inside.goto(`/c/${room}`);
    await inside.getByText('Then I will drive').last().waitFor();
    await shoot(inside, look.name, '05-room');
    await inside.getByText('The watering script').first().scrollIntoViewIfNeeded();
    await inside.locator('.hljs-keyword').first().waitFor();
    await shoot(inside, look.name, '06-code');
    await inside.getByRole('button', { name: 'Details and members' }).click();
    await inside.getByText('Mira Haddad').last().waitFor();
    await shoot(inside, look.name, '07-members');
    await inside.goto(`/c/${room}?panel=settings`);
    await inside.getByLabel('Name', { exact: true }).waitFor();
    await shoot(inside, look.name, '08-room-settings');
    await inside.goto(`/c/${room}`);
    await inside.getByText('Then I will drive').last().waitFor();
    await composer(inside).fill('Thanks! One more thing:\n- water\n- prune\n\n@');
    await composer(inside).press('End');
    await inside.getByRole('listbox', { name: 'People to mention' }).waitFor();
    await shoot(inside, look.name, '09-composer-mention');
    await composer(inside).fill('');
    if (!narrow) {
      await inside.getByText('Ship it').first().hover();
      await inside.getByRole('toolbar').getByRole('button', { name: 'More' }).click();
      await shoot(inside, look.name, '10-actions');
      await inside.keyboard.press('Escape');
    }
    await inside.keyboard.press('Control+k');
    await inside.getByRole('combobox', { name: 'Go to' }).waitFor();
    await shoot(inside, look.name, '11-switcher');
    await inside.keyboard.type('ju');
    await inside.getByRole('option').filter({ hasText: 'June' }).first().waitFor();
    await shoot(inside, look.name, '12-switcher-query');
    await inside.keyboard.press('Escape');
    for (const section of ['', '/profile', '/password', '/sessions', '/appearance', '/notifications']) {
      await inside.goto(`/settings${section}`);
      await inside.getByRole('heading', { name: section ? section.slice(1) : 'Settings' }).first().waitFor();
      if (section === '/sessions') await inside.getByText('This browser').waitFor();
      await shoot(inside, look.name, `13-settings${section.replace('/', '-')}`);
    }
    await inside.goto('/new');
    await inside.getByLabel('Name').first().fill('Harvest');
    await inside.getByRole('checkbox').first().click();
    await shoot(inside, look.name, '14-new-room');
    await inside.goto('/people');
    await inside.getByText('June Park').first().waitFor();
    await shoot(inside, look.name, '15-people');
    await inside.goto('/rooms');
    await inside.getByText('Book club').first().waitFor();
    await shoot(inside, look.name, '16-rooms');
    await inside.goto(`/c/${room}`);
    await inside.getByText('Then I will drive').last().waitFor();
    await inside.locator('h1').first().click();
    await inside.keyboard.press('?');
    await inside.getByRole('heading', { name: 'Keyboard' }).waitFor();
    await shoot(inside, look.name, '17-help');
    await inside.keyboard.press('Escape');
    await inside.context().setOffline(true);
    await composer(inside).fill('Written while the train is in the tunnel.');
    await inside.getByRole('button', { name: 'Send' }).click();
    await inside.getByText('Waiting for the connection').waitFor();
    await shoot(inside, look.name, '18-offline');
    await inside.context().setOffline(false);
    await inside.goto('/c/00000000-0000-7000-8000-000000000000');
    await inside.getByText('There is nothing here').waitFor();
    await shoot(inside, look.name, '19-not-found');
    await inside.context().close();
  });
}

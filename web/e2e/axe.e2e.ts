import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { api, composer, makeDirect, makeRoom, openBrowser, post, register, signIn, type Browser, type Person } from './support';

// axe-core over every screen: not one finding.

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let browser: Browser;
let ada: Person;
let room: string;
let asked: string;
let rich: string;

beforeAll(async () => {
  browser = await openBrowser();
  const [one, tom] = await Promise.all([register('ada', 'Ada'), register('tom', 'Tom')]);
  ada = one;
  room = await makeRoom(ada, 'Checked', [tom]);
  await makeDirect(ada, tom);
  asked = (await api<{ id: string }>(ada, 'POST', '/api/chats', { kind: 'assistant', title: 'Asked' })).id;
  await api(ada, 'POST', `/api/chats/${asked}/generations`, { client_id: 'first', prompt: '[[tokens 90]] Say something with code' });
  await post(tom, room, 'Some *text* with `code`, a [link](https://example.org) and\n\n```js\nlet a = 1; // note\n```\n\n|a|b|\n|-|-|\n|1|2|');
  rich = await makeRoom(ada, 'Rich', []);
  const columns = Array.from({ length: 30 }, (_, index) => `column ${index}`);
  await post(ada, rich, [
    'A formula \\(a^2\\), a note[^1], ![a picture](https://example.org/a.png), a task:\n\n- [x] done\n\n> שלום\n',
    `$$\n\\int_0^1 x^2\n$$\n\n| ${columns.join(' | ')} |\n|${'---|'.repeat(30)}\n`, '[^1]: Its text.',
  ].join('\n'));
  await post(ada, rich, '🎉');
  await post(ada, rich, Array.from({ length: 60 }, (_, index) => `line ${index}`).join('\n'));
});
afterAll(() => browser.close());

interface Finding {
  id: string;
  impact: string | null;
  nodes: { html: string; failureSummary?: string }[];
}

async function findings(page: Page): Promise<string[]> {
  await page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState !== 'running'));
  const result = await page.evaluate(async (script) => {
    if (!('axe' in window)) (0, eval)(script);
    const { axe } = window as unknown as { axe: { run: (options: object) => Promise<{ violations: unknown }> } };
    return (await axe.run({ resultTypes: ['violations'] })).violations;
  }, source);
  return (result as Finding[]).map((finding) => `${finding.id}: ${finding.nodes.map((node) => `${node.html} ${node.failureSummary ?? ''}`).join(' | ')}`);
}

describe.each([
  ['light', { dark: false }],
  ['dark', { dark: true }],
  ['phone', { width: 375, height: 720, touch: true }],
])('%s', (_name, look) => {
  test('no screen has a finding', async () => {
    // The page's own content policy forbids what the checker needs to run; it is put aside for the checker only.
    const context = await browser.newContext(look);
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Page.setBypassCSP', { enabled: true });
    await page.goto('/sign-up');
    await page.getByLabel('User name').waitFor();
    expect(await findings(page)).toEqual([]);
    await signIn(page, ada, `/c/${room}`);
    await composer(page).waitFor();
    await page.locator('.hljs-keyword').waitFor();
    expect(await findings(page)).toEqual([]);
    for (const [path, wait] of [
      ['/', 'Checked'], ['/wat', 'There is no such page'], [`/c/${room}/m/9999`, 'There is no such message'], [`/c/${room}?panel=about`, 'Copy link'],
      [`/c/${room}?panel=members`, 'Owner'], [`/c/${room}?panel=settings`, 'Archive room'], ['/new/room', 'Create room'], ['/new', 'What is on your mind?'],
      ['/people', 'People'], ['/rooms', 'Rooms'], ['/settings/account', 'This browser'], ['/settings/preferences', 'Density'],
      ['/settings/usage', 'What your questions'],
    ] as const) {
      await page.goto(path);
      await page.getByText(wait).filter({ visible: true }).first().waitFor();
      expect(await findings(page), path).toEqual([]);
    }
    await page.goto(`/c/${asked}?panel=settings`);
    await page.locator('[data-answer-state="message"]').waitFor();
    await page.getByText('Instructions').first().waitFor();
    expect(await findings(page), 'a chat with an assistant').toEqual([]);
    await page.goto(`/c/${rich}`);
    await page.getByRole('button', { name: 'Show more' }).waitFor();
    await page.locator('.formula .katex').first().waitFor({ state: 'attached' });
    expect(await findings(page), 'texts with everything').toEqual([]);
    await page.getByRole('button', { name: 'Emoji', exact: true }).click();
    await page.locator('[data-emoji]').first().waitFor();
    expect(await findings(page), 'the emoji').toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').waitFor();
    expect(await findings(page), 'the switcher').toEqual([]);
  });
});

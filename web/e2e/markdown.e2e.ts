import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeAssistant } from './fake-assistant';
import { api, composer, makeRoom, openBrowser, post, register, signIn, write, type Browser } from './support';

// What messages and answers look like, in a real browser: formulas, notes, tables, texts without end.

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const rich = String.raw`## Everything

Nested lists:

- one
    - by four spaces
        1. and numbers
        2. more
- [x] done
- [ ] open

The area is \(a^2\), the root $\sqrt{x}$, a wrong one $\frac{a$ and \(\badcommand{x}\). It costs $5 and $10.

$$
\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}
$$

A note[^1] and another[^two]. A picture: ![a loquat](https://elsewhere.example/loquat.png), and [a file](./readme.md).

> A quote
> of two lines

> שלום, מתי מגיעים השתילים הבאים?

- שלום
- עולם

| Name | What it is about, in a long sentence that wraps | Third | Fourth | Fifth | Sixth | Seventh |
|---|---|--:|:-:|---|---|---|
| Oliver Twist | A long description of the thing that is in this row, long enough to need several lines | 4.5 m | full | some words here | some more | and the last |
| Mogi | Short | 4.0 m | full | x | y | z |

[^1]: The first note, with *emphasis*.
[^two]: The second.
`;

test('formulas are drawn from our own server and under the content policy', async () => {
  const ada = await register('ada', 'Ada');
  const room = await makeRoom(ada, 'Sums', []);
  await post(ada, room, rich);
  const page = await browser.newPage();
  const problems: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await signIn(page, ada, `/c/${room}`);

  await page.locator('.formula .katex-html').first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  const fonts = await page.evaluate(() => [...document.fonts].filter(({ status, family }) => status === 'loaded' && family.startsWith('KaTeX')).length);

  expect(await page.locator('.formula .katex-html').count()).toBe(3);
  expect(await page.locator('code.inline').allInnerTexts()).toEqual(['$\\frac{a$', '\\(\\badcommand{x}\\)']);
  expect(fonts).toBeGreaterThan(0);
  expect(hosts.size).toBe(1);
  expect(problems).toEqual([]);
});

test('a wide table says that there is more, and is scrolled by keys', async () => {
  const ada = await register('ada', 'Ada');
  const room = await makeRoom(ada, 'Tables', []);
  await post(ada, room, rich);
  const page = await browser.newPage({ width: 390, height: 800 });
  await signIn(page, ada, `/c/${room}`);
  const box = page.locator('.table-box');
  await box.and(page.locator('[data-after]')).waitFor();

  expect(await box.getAttribute('data-before')).toBeNull();
  await page.locator('.table-scroll').focus();
  await page.keyboard.press('End');
  for (let i = 0; i < 60; i += 1) await page.keyboard.press('ArrowRight');
  await box.and(page.locator('[data-before]')).waitFor();
});

test('a quote from right to left has its bar on the right', async () => {
  const ada = await register('ada', 'Ada');
  const room = await makeRoom(ada, 'Quotes', []);
  await post(ada, room, '> שלום לכולם\n\n> Hello');
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}`);
  await page.locator('blockquote').first().waitFor();

  const bars = await page.locator('blockquote').evaluateAll((quotes) => quotes.map((quote) => [getComputedStyle(quote).borderLeftWidth, getComputedStyle(quote).borderRightWidth]));

  expect(bars).toEqual([['0px', '3px'], ['3px', '0px']]);
});

test('a note leads to its text and back', async () => {
  const ada = await register('ada', 'Ada');
  const room = await makeRoom(ada, 'Notes', []);
  await post(ada, room, 'A claim[^1].\n\n[^1]: Its source.');
  const page = await browser.newPage();
  await signIn(page, ada, `/c/${room}`);
  await page.getByRole('link', { name: 'Note 1' }).click();
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Its source.');
  await page.getByRole('link', { name: 'Back to the text' }).click();
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('1');
  expect(new URL(page.url()).hash).toBe('');
});

// 200,000 characters each: work that grows with their square would outlast every patience.
const endless = ['[a](', '*a ', '*a* ', '> ', '- - - ', '[', '`', '**a *b ', '|a|b|c\n', '| a | b |\n|---|---|\n', '- a\n', 'a\n\n', '$a$ ', '[a](https://b.example) '];

test.each(endless)('an answer of nothing but %j is drawn, and the page goes on', async (piece) => {
  const ada = await register('ada', 'Ada');
  const { id } = await api<{ id: string }>(ada, 'POST', '/api/chats', { kind: 'assistant', title: 'Endless' });
  const page = await browser.newPage();
  const fake = await new FakeAssistant(page).start();
  await signIn(page, ada, `/c/${id}`);
  await composer(page).fill('Go on');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('[data-answer="g1"]').waitFor();
  await page.evaluate(() => {
    const holds: number[] = [];
    Object.assign(window, { holds });
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => holds.push(entry.duration))).observe({ type: 'longtask' });
  });

  const answer = fake.answers[0]!;
  const text = piece.repeat(200_000 / piece.length);
  for (let at = 0; at < text.length; at += 20_000) fake.say(answer, { type: 'delta', delta: text.slice(at, at + 20_000) });
  await page.locator('[data-answer="g1"] .content > *').first().waitFor();
  fake.finish(answer, 2);
  await page.locator('[data-answer="g1"][data-answer-state="message"]').waitFor();
  await page.evaluate(() => new Promise((done) => requestIdleCallback(() => done(null))));

  const holds = await page.evaluate(() => (window as unknown as { holds: number[] }).holds);
  if (process.env.LOQUAT_E2E_FIGURES) process.stdout.write(`${JSON.stringify({ piece, holds: holds.map(Math.round) })}\n`);
  await write(page, 'And now?');
  await page.locator('[data-answer="g2"]').waitFor();
}, 120_000);

const folder = process.env.LOQUAT_SHOTS_DIR;
test.runIf(folder)('pictures', async () => {
  const ada = await register('ada', 'Ada');
  const room = await makeRoom(ada, 'Pictures', []);
  await post(ada, room, rich);
  for (const dark of [false, true]) {
    for (const width of [375, 820, 1440, 2200]) {
      const page = await browser.newPage({ width, height: 1500, dark });
      await signIn(page, ada, `/c/${room}`);
      await page.locator('.formula .katex-html').first().waitFor();
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: join(folder!, `markdown-${width}-${dark ? 'dark' : 'light'}.png`) });
      await page.close();
    }
  }
});

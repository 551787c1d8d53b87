import { afterAll, beforeAll, expect, test } from 'vitest';
import { FakeAssistant } from './fake-assistant';
import { api, composer, openBrowser, register, signIn, until, type Browser } from './support';

// A long answer with everything in it, a hundred pieces a second: the page stays quick while it comes.

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const part = (index: number) => `## Part ${index}

A paragraph with **bold**, \`code\` and a [link](https://example.org/${index}). It has a second sentence, and a third one that is a little longer than the others.

- first point
- second point with *emphasis*
- third

\`\`\`typescript
export function part${index}(value: number): string {
  // A comment in between.
  const doubled = value * 2;
  return \`\${doubled} of ${index}\`;
}
\`\`\`

| a | b |
|---|--:|
| ${index} | ${index * 7} |
| more | ${index * 11} |

`;
const answerCharacters = 64 * 1024;
const words = Array.from({ length: 160 }, (_, index) => part(index)).join('').slice(0, answerCharacters);
const pieceLength = 25;

interface Measured {
  longTasks: number[];
  keys: number[];
  added: number; // elements, over all redrawing
}

test('a long answer is drawn piece by piece, and one who reads above is not moved', async () => {
  const ada = await register('ada', 'Ada');
  const { id } = await api<{ id: string }>(ada, 'POST', '/api/chats', { kind: 'assistant', title: 'Long' });
  const page = await browser.newPage();
  const fake = await new FakeAssistant(page).start();
  await signIn(page, ada, `/c/${id}`);
  await composer(page).fill('Everything, please');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('[data-answer="g1"]').waitFor();
  const answer = fake.answers[0]!;
  await page.evaluate(() => {
    const measured: Measured = { longTasks: [], keys: [], added: 0 };
    Object.assign(window, { measured });
    new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach((node) => {
      if (node instanceof Element) measured.added += 1 + node.querySelectorAll('*').length;
    }))).observe(document.querySelector('[data-answer="g1"]')!, { childList: true, subtree: true });
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => measured.longTasks.push(entry.duration))).observe({ type: 'longtask' });
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => entry.name === 'keydown' && measured.keys.push(entry.duration))).observe({
      type: 'event', durationThreshold: 16,
    } as PerformanceObserverInit);
  });

  let at = 0;
  const timer = setInterval(() => {
    fake.say(answer, { type: 'delta', delta: words.slice(at, at + pieceLength) });
    at += pieceLength;
    if (at >= words.length) clearInterval(timer);
  }, 10);
  await until('a quarter of the answer', () => at > words.length / 4, 60_000);
  await page.locator('[data-messages]').hover();
  const bottom = await page.evaluate(() => document.querySelector('[data-messages]')!.scrollTop);
  await page.mouse.wheel(0, -2_000);
  await until('the list to be scrolled up', () => page.evaluate((from) => document.querySelector('[data-messages]')!.scrollTop < from - 1_500, bottom));
  const place = () => page.evaluate(() => document.querySelector('[data-messages]')!.scrollTop);
  const before = await place();
  await composer(page).pressSequentially('typing while it comes', { delay: 120 });
  const after = await place();
  await until('all of the answer', () => at >= words.length, 90_000);
  await page.evaluate(() => new Promise((done) => requestIdleCallback(() => done(null))));

  const measured = await page.evaluate(() => (window as unknown as { measured: Measured }).measured);
  const keys = measured.keys.sort((a, b) => a - b);
  const elements = await page.locator('[data-answer="g1"] *').count();
  const report = { bytes: words.length, elements, added: measured.added, longTasks: measured.longTasks.map(Math.round), slowestKey: keys[keys.length - 1] ?? 0, slowKeys: keys.length };
  if (process.env.LOQUAT_E2E_FIGURES) process.stdout.write(`${JSON.stringify(report)}\n`);
  expect(Math.abs(after - before)).toBeLessThanOrEqual(1);
  // Each piece redraws the block that it ends; who draws all of it again adds it all again each time.
  expect(measured.added, JSON.stringify(report)).toBeLessThan(elements * 3);

  await page.evaluate(() => Object.assign(window, { first: document.querySelector('[data-answer="g1"] .content > :nth-child(3)') }));
  fake.finish(answer, 2);
  await page.locator('[data-answer="g1"][data-answer-state="message"]').waitFor();
  const same = await page.evaluate(() => (window as unknown as { first: Element }).first === document.querySelector('[data-answer="g1"] .content > :nth-child(3)'));
  expect(same).toBe(true);
}, 200_000);

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, test } from 'vitest';
import { FakeAssistant } from './fake-assistant';
import { api, composer, makeRoom, openBrowser, post, register, signIn, type Browser, type Look, type Person } from './support';

// Pictures of assistants in all their states, for a person to look through. The assistant is played, so that each
// state stands still.

const folder = process.env.LOQUAT_SHOTS_DIR ?? join(import.meta.dirname, 'shots');
const only = process.env.LOQUAT_SHOTS_ONLY;
const looks: (Look & { name: string })[] = [1440, 768, 375].flatMap((width) =>
  [false, true].map((dark) => ({ name: `${width}-${dark ? 'dark' : 'light'}`, width, height: { 1440: 900, 768: 1024, 375: 720 }[width] ?? 800, dark, touch: width === 375 })),
);

const code = `Here is a bounded queue. It **refuses** rather than grows, and \`take\` waits:

\`\`\`python
from collections import deque
import asyncio


class BoundedQueue:
    """First in, first out. Holds at most \`limit\` items."""

    def __init__(self, limit: int) -> None:
        if limit < 1:
            raise ValueError("a queue holds at least one item")
        self._items: deque[object] = deque()
        self._limit = limit
        self._arrived = asyncio.Event()

    def offer(self, item: object) -> bool:
        if len(self._items) >= self._limit:
            return False  # the caller decides what to do, and says so to whoever asked it in the first place
        self._items.append(item)
        self._arrived.set()
        return True

    async def take(self) -> object:
        while not self._items:
            self._arrived.clear()
            await self._arrived.wait()
        return self._items.popleft()
\`\`\`

Three things to know:

1. \`offer\` never waits. Somebody who cannot be served hears it at once.
2. \`take\` wakes up in the order of asking`;

const table = `Short answer: **SQLite** for one machine, **PostgreSQL** for several.

| | SQLite | PostgreSQL | Note |
|---|:-:|:-:|---|
| Needs a server | no | yes | one more thing to watch |
| Writers at a time | 1 | many | readers never wait in either |
| Largest sensible size | 100 GB | 10 TB | with care |
| Backup while it runs | \`VACUUM INTO\` | \`pg_basebackup\` | both are consistent |

> Start with the simple one. Moving later is a day’s work, not a month’s.

### What I would do

- Begin with SQLite, in WAL mode
- Measure with *your* load
  - writes a second
  - the longest pause a reader sees
- Move when the figures say so`;

const hebrew = 'אפשר להתחיל כך:\n\n1. לבדוק את **הרשימה** של אתמול\n2. לשלוח הודעה קצרה לכולם\n\nהפקודה `git status` מראה מה השתנה.';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

async function shoot(page: Page, look: string, name: string): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null)))));
  await page.evaluate(() => Promise.all(
    document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity).map((one) => one.finished.catch(() => undefined)),
  ));
  await page.screenshot({ path: join(folder, `${name}-${look}.png`) });
}

async function newChat(page: Page, person: Person, title: string): Promise<string> {
  const chat = await api<{ id: string }>(person, 'POST', '/api/chats', { kind: 'assistant', title });
  await page.goto(`/c/${chat.id}`);
  await composer(page).waitFor();
  return chat.id;
}

async function ask(page: Page, fake: FakeAssistant, question: string) {
  const before = fake.answers.length;
  // Enter breaks the line on touch screens; the button sends everywhere.
  await composer(page).fill(question);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator(`[data-answer="g${before + 1}"]`).waitFor();
  return fake.answers[before]!;
}

async function stream(fake: FakeAssistant, answer: FakeAssistant['answers'][number], text: string): Promise<void> {
  fake.say(answer, { type: 'state', state: 'streaming' });
  for (let at = 0; at < text.length; at += 24) fake.say(answer, { type: 'delta', delta: text.slice(at, at + 24) });
}

async function answers(page: Page, fake: FakeAssistant, look: string, ada: Person): Promise<void> {
  const chat = await newChat(page, ada, 'A bounded queue');
  const first = await ask(page, fake, 'Write a bounded queue in Python, please. It should refuse instead of growing.');
  await shoot(page, look, '31-answer-waiting');
  await stream(fake, first, code);
  await page.locator('.hljs-keyword').first().waitFor({ state: 'attached' });
  await shoot(page, look, '32-answer-streaming');
  fake.finish(first, 2);
  await page.locator('[data-answer-state="message"]').waitFor();
  await shoot(page, look, '33-answer-ended');
  const second = await ask(page, fake, 'And which database should I keep it in?');
  await stream(fake, second, table);
  fake.finish(second, 4);
  await page.locator('[data-answer]').getByText('Move when the figures').waitFor();
  await page.locator('[data-answer="g2"]').last().hover();
  await page.getByText('tokens in').waitFor().catch(() => undefined);
  await shoot(page, look, '34-answer-table');
  await page.goto(`/c/${chat}?panel=settings`);
  await page.getByText('Instructions').first().waitFor();
  await shoot(page, look, '35-chat-settings');
}

async function states(page: Page, fake: FakeAssistant, look: string, ada: Person): Promise<void> {
  await newChat(page, ada, 'Greenhouse');
  fake.next = { state: 'queued', queue_position: null };
  const first = await ask(page, fake, 'How warm should a greenhouse be at night?');
  await stream(fake, first, 'Between **10 and 13 °C** for most plants. Loquats take less: they are safe down to');
  fake.next = { state: 'queued', queue_position: 2 };
  await ask(page, fake, 'And how much light do they need?');
  await shoot(page, look, '36-answer-queued');
  fake.next = { state: 'queued', queue_position: null };
  await newChat(page, ada, 'Broken');
  const failed = await ask(page, fake, 'Summarise the last year in one sentence.');
  await stream(fake, failed, 'The year began with a');
  fake.say(failed, { type: 'error', code: 'provider.truncated', message: '' });
  fake.say(failed, { type: 'state', state: 'failed' });
  fake.say(failed, { type: 'done' });
  await page.getByText('broke off').waitFor();
  await shoot(page, look, '37-answer-failed');
  await newChat(page, ada, 'עברית');
  const rtl = await ask(page, fake, 'מאיפה מתחילים?');
  await stream(fake, rtl, hebrew);
  await page.getByText('הפקודה').waitFor();
  await shoot(page, look, '38-answer-rtl');
  await page.context().setOffline(true);
  await page.getByText('The answer goes on at the server').waitFor();
  await shoot(page, look, '39-answer-offline');
  await page.context().setOffline(false);
}

async function room(page: Page, fake: FakeAssistant, look: string, ada: Person, tom: Person): Promise<void> {
  const id = await makeRoom(ada, 'Kitchen rota', [tom]);
  await api(ada, 'PATCH', `/api/chats/${id}`, { assistant: { enabled: true } });
  await post(tom, id, 'Who cooks on Friday?');
  await post(tom, id, '@assistant what can one cook for nine people with two pumpkins?');
  await page.goto(`/c/${id}`);
  await page.getByText('two pumpkins').last().waitFor();
  const answer = { id: 'g90', chatId: id, promptId: null, eventId: 0, text: '', state: 'queued' };
  await stream(fake, answer, 'A **pumpkin curry** feeds nine well:\n\n- 2 pumpkins, about 4 kg\n- 800 ml coconut milk\n- 3 onions and');
  await composer(page).fill('Lovely. @a');
  await composer(page).press('End');
  await shoot(page, look, '40-room-answer');
  await page.goto(`/c/${id}?panel=settings`);
  await page.getByText('Assistant in this room').waitFor();
  await shoot(page, look, '41-room-settings');
}

async function usage(page: Page, look: string): Promise<void> {
  const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
  const days = Array.from({ length: 30 }, (_, index) => 29 - index).flatMap((back) =>
    ['loquat-small', 'llama-large', 'gpt-mini'].filter((_, at) => (back * 7 + at * 3) % 5 > at).map((model, at) => ({
      day: day(back), model, inputTokens: 900 + ((back * 613) % 2700), outputTokens: 400 + ((back * 311 + at * 97) % 1900), generations: 1 + (back % 6), titles: 0, cost_micros: at * 1200 + 340,
    })),
  );
  let empty = false;
  await page.route('**/api/usage*', (route) => route.fulfill({
    json: empty ? { days: [], total: { inputTokens: 0, outputTokens: 0, generations: 0, titles: 0, cost_micros: null }, currency: '', quota: null } : {
      days, total: { inputTokens: 81_230, outputTokens: 49_871, generations: 163, titles: 12, cost_micros: 412_000 }, currency: 'EUR',
      quota: { tokens_per_day: 200_000, tokens_today: 61_400, resets_at: new Date(Date.UTC(2026, 10, 22)).toISOString() },
    },
  }));
  await page.goto('/settings/usage');
  await page.locator('[data-slot="usage-chart"]').waitFor();
  await shoot(page, look, '42-usage');
  empty = true;
  await page.goto('/settings/usage');
  await page.getByText('Nothing used yet').waitFor();
  await shoot(page, look, '43-usage-empty');
}

for (const look of looks.filter((entry) => !only || entry.name.includes(only))) {
  test(look.name, { timeout: 180_000 }, async () => {
    mkdirSync(folder, { recursive: true });
    const [ada, tom] = await Promise.all([register('ada', 'Ada Lindqvist'), register('tom', 'Tom Okafor')]);
    await makeRoom(ada, 'Garden', []);
    const page = await browser.newPage(look);
    const fake = await new FakeAssistant(page).start();
    await signIn(page, ada);
    await page.goto('/new');
    await page.getByText('What is on your mind?').waitFor();
    await shoot(page, look.name, '30-assistant-blank');
    await answers(page, fake, look.name, ada);
    await states(page, fake, look.name, ada);
    await room(page, fake, look.name, ada, tom);
    await usage(page, look.name);
    await page.context().close();
  });
}

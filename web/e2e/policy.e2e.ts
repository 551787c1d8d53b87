import { afterAll, beforeAll, expect, test } from 'vitest';
import { base, composer, makeRoom, openBrowser, post, register, signIn, type Browser } from './support';

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

test('the app asks no other host, breaks no content policy and logs no error', async () => {
  const ada = await register('ada', 'Ada');
  const room = await makeRoom(ada, 'Quiet', []);
  await post(ada, room, '```python\nprint(1)\n```\n\n|a|\n|-|\n|b|\n\n![x](https://elsewhere.example/x.png) https://elsewhere.example');
  const page = await browser.newPage();
  const hosts = new Set<string>();
  const problems: string[] = [];
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()));

  await signIn(page, ada, `/c/${room}`);
  await composer(page).waitFor();
  await page.locator('.hljs-built_in').waitFor();
  for (const path of ['/people', '/rooms', '/new/room', '/new', '/settings/profile', '/settings/sessions', '/settings/appearance', '/settings/usage', `/c/${room}?panel=members`]) {
    await page.goto(path);
    await page.locator('#main h1, #main h2').first().waitFor();
  }
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').waitFor();

  expect([...hosts]).toEqual([new URL(base).host]);
  expect(problems).toEqual([]);
});

test('the first load is under 250 KB of script', async () => {
  const page = await browser.newPage();
  const scripts: Promise<number>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') {
      scripts.push(response.body().then(async (body) => (await gzip(body)).byteLength));
    }
  });
  await page.goto('/');
  await page.getByLabel('User name or e-mail').waitFor();

  const total = (await Promise.all(scripts)).reduce((sum, size) => sum + size, 0);

  expect(total).toBeGreaterThan(10_000);
  expect(total).toBeLessThan(250 * 1024);
});

async function gzip(body: Uint8Array): Promise<ArrayBuffer> {
  const stream = new Blob([new Uint8Array(body)]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Response(stream).arrayBuffer();
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { vi } from 'vitest';

// What every browser test needs: people, rooms, messages and a browser.

export const base = process.env.LOQUAT_URL ?? 'http://localhost:8080';
export const password = 'a long enough password';

export interface Person {
  id: string;
  username: string;
  displayName: string;
  token: string;
}

let count = 0;

// A name that no other test of this or an earlier run has.
export function freshName(stem: string): string {
  count += 1;
  return `${stem}-${Date.now().toString(36)}${count}`;
}

export async function api<T>(person: Person | null, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(person ? { Authorization: `Bearer ${person.token}` } : {}),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text ? JSON.parse(text) : undefined) as T;
}

export async function register(stem: string, displayName = stem): Promise<Person> {
  const username = freshName(stem);
  const session = await api<{ access_token: string; user: { id: string } }>(null, 'POST', '/api/auth/register', {
    username, password, display_name: displayName,
  });
  return { id: session.user.id, username, displayName, token: session.access_token };
}

export async function makeRoom(owner: Person, title: string, members: Person[], visibility = 'private'): Promise<string> {
  const chat = await api<{ id: string }>(owner, 'POST', '/api/chats', {
    kind: 'group', title, visibility, member_ids: members.map((member) => member.id),
  });
  return chat.id;
}

export async function makeDirect(one: Person, other: Person): Promise<string> {
  const chat = await api<{ id: string }>(one, 'POST', '/api/chats', { kind: 'direct', member_ids: [other.id] });
  return chat.id;
}

export interface Posted {
  id: string;
  seq: number;
}

export function post(person: Person, chatId: string, text: string, replyTo: string | null = null): Promise<Posted> {
  return api<Posted>(person, 'POST', `/api/chats/${chatId}/messages`, { client_id: freshName('m'), text, reply_to: replyTo });
}

// Posts many messages, several at a time, in no particular order between the lanes.
export async function postMany(person: Person, chatId: string, texts: string[], lanes = 8): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < texts.length) {
      const index = next;
      next += 1;
      await post(person, chatId, texts[index] ?? '');
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

export interface Look {
  width?: number;
  height?: number;
  dark?: boolean;
  touch?: boolean;
}

export interface Browser {
  newPage: (look?: Look) => Promise<Page>;
  newContext: (look?: Look) => Promise<BrowserContext>;
  close: () => Promise<void>;
}

const flags = [
  '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
];

export async function openBrowser(): Promise<Browser> {
  const home = mkdtempSync(join(tmpdir(), 'loquat-e2e-'));
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: flags,
    env: { ...process.env, HOME: home },
  });
  const newContext = async ({ width = 1280, height = 800, dark = false, touch = false }: Look = {}) => {
    const context = await browser.newContext({
      baseURL: base,
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      hasTouch: touch,
      isMobile: touch,
      locale: 'en-GB',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    context.setDefaultTimeout(Number(process.env.LOQUAT_E2E_PATIENCE ?? 30_000));
    return context;
  };
  return {
    newContext,
    newPage: async (look) => (await newContext(look)).newPage(),
    close: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

// Signs in through the form and waits until the app stands.
export async function signIn(page: Page, person: Person, path = '/'): Promise<void> {
  await page.goto(path);
  await page.getByLabel('User name or e-mail').fill(person.username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('#main').waitFor();
}

export const composer = (page: Page) => page.locator('[data-composer]');

export async function write(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

// The texts of all messages that are drawn now, in order.
export function shownTexts(page: Page): Promise<string[]> {
  return page.locator('[data-message] .content').allInnerTexts();
}

// Waits until `look` answers true; fails with what it was about.
export async function until(what: string, look: () => Promise<boolean> | boolean, milliseconds = 20_000): Promise<void> {
  try {
    await vi.waitUntil(look, { timeout: milliseconds, interval: 50 });
  } catch (error) {
    throw new Error(`waited in vain: ${what}`, { cause: error });
  }
}

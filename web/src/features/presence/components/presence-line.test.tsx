// @vitest-environment jsdom
import { act } from 'react';
import { afterEach, expect, it } from 'vitest';
import { notePresence } from '@/features/presence/state/presence';
import { cleanUp, render } from '@/testing/render';
import { PresenceLine } from './presence-line';

afterEach(cleanUp);

it('says nothing of somebody of whom nothing is known', async () => {
  const place = await render(<PresenceLine userId="tom" />);

  expect(place.textContent).toBe('');
});

it('follows what is told of a person, and of no other', async () => {
  const place = await render(<PresenceLine userId="tom" />);
  const tell = (userId: string, state: 'online' | 'away' | 'offline', seen: string | null = null) =>
    act(async () => notePresence({ user_id: userId, state, last_seen_at: seen }));
  const said: (string | null)[] = [];

  for (const state of ['online', 'away', 'offline'] as const) {
    await tell('tom', state);
    await tell('ada', 'online');
    said.push(place.textContent);
  }
  await tell('tom', 'offline', new Date(Date.now() - 5.5 * 60_000).toISOString());

  expect(said).toEqual(['Online', 'Away', 'Offline']);
  expect(place.textContent).toBe('Last seen 5 min ago');
});

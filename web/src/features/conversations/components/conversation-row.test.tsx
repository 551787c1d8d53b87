// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Chat, User } from '@/api/contracts.gen';
import { useSession } from '@/features/auth/entry';
import { changeDraft } from '@/features/composer/entry';
import { message } from '@/testing/messages';
import { cleanUp, render } from '@/testing/render';
import { ConversationRow } from './conversation-row';

const now = new Date(Date.UTC(2026, 5, 1, 13));

function room(id: string, change: Partial<Chat> = {}): Chat {
  return {
    id, kind: 'group', title: 'Kitchen', visibility: 'private', created_at: now.toISOString(), updated_at: now.toISOString(),
    archived: false, last_seq: 1, member_count: 2, me: { role: 'member', read_seq: 1, unread: 0 }, peer: null, assistant: null,
    last_message: message(1, { chat_id: id }), ...change,
  };
}

const show = (chat: Chat) => render(<ConversationRow chat={chat} now={now} active={false} tabIndex={0} />);

beforeEach(() => {
  useSession.setState({ status: 'signed_in', user: { id: 'me', username: 'me', display_name: 'Me' } as User, ended: false });
});
afterEach(async () => {
  localStorage.clear();
  await cleanUp();
});

it('leads to the chat and says who wrote last', async () => {
  const place = await show(room('one'));

  expect(place.querySelector('a')?.getAttribute('href')).toBe('/c/one');
  expect(place.textContent).toContain('Ada: text 1');
});

it('shows what was begun here in place of the last message', async () => {
  changeDraft('two', { text: 'half a thought' });

  const place = await show(room('two'));

  expect(place.textContent).toContain('Draft: half a thought');
  expect(place.textContent).not.toContain('text 1');
});

it('says in words how much is unread', async () => {
  const place = await show(room('three', { last_seq: 4, me: { role: 'member', read_seq: 1, unread: 3 } }));

  expect(place.textContent).toContain('3 unread');
});

it('shows nothing of a message that was deleted', async () => {
  const place = await show(room('four', { last_message: message(1, { deleted_at: now.toISOString(), text: '' }) }));

  expect(place.textContent).toContain('Message deleted');
});

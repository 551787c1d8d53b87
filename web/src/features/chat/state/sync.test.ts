import { afterEach, expect, it, vi } from 'vitest';
import type { Member, Message } from '@/api/contracts.gen';
import { chatDestination, chatsQueue, presenceQueue, sessionQueue } from '@/api/events';
import { keys, queryClient } from '@/api/query-client';
import { cachedWindow } from './chat-cache';
import { onFollowed, onLiveEvent, onOpen } from './sync';
import { message } from './test-messages';

afterEach(() => vi.restoreAllMocks());

it('reads again only what the queue that left something out tells of', () => {
  const invalidate = vi.spyOn(queryClient, 'invalidateQueries').mockResolvedValue();
  const resync = { type: 'resync', from_seq: 0, to_seq: 0 } as const;

  onLiveEvent(presenceQueue, resync);
  onLiveEvent(chatsQueue, resync);

  expect(invalidate.mock.calls).toEqual([[{ queryKey: keys.presenceOf }], [{ queryKey: keys.chats }]]);
});

it('reads what a queue tells of when the queue is in force, and not when the connection is', () => {
  const invalidate = vi.spyOn(queryClient, 'invalidateQueries').mockResolvedValue();

  onOpen();
  expect(invalidate).not.toHaveBeenCalled();
  for (const one of [chatsQueue, presenceQueue, sessionQueue, chatDestination('room')]) onFollowed(one);

  expect(invalidate.mock.calls).toEqual([[{ queryKey: keys.chats }], [{ queryKey: keys.presenceOf }]]);
});

it('counts what the server counts, and moves no marker by it', () => {
  const chat = { id: 'room', last_seq: 8, me: { role: 'member', read_seq: 2, unread: 6 }, last_message: { id: 'm', seq: 8 } };
  queryClient.setQueryData(keys.chats, [chat]);

  onLiveEvent(chatsQueue, { type: 'unread', chat_id: 'room', last_seq: 8, unread: 3 });

  const [after] = queryClient.getQueryData<(typeof chat)[]>(keys.chats) ?? [];
  expect(after?.me).toEqual({ role: 'member', read_seq: 2, unread: 3 });
  expect(after?.last_message).toEqual(chat.last_message);
});

it('calls somebody by the new name everywhere, and leaves alone what does not name them', () => {
  const before = { id: 'tom', username: 'tom', display_name: 'Tom', kind: 'person' as const };
  const now = { ...before, display_name: 'Thomas', name_shared: true, created_at: '' };
  const chats = [{ id: 'direct', peer: before, last_message: message(1, { sender: before }) }, { id: 'other', peer: null, last_message: message(2) }];
  queryClient.setQueryData(keys.chats, chats);
  queryClient.setQueryData(keys.messages('direct'), { items: [message(1, { sender: before }), message(2)], firstSeq: 1, lastSeq: 2, headSeq: 2, ahead: [] });
  queryClient.setQueryData(keys.members('direct'), [{ user: before, role: 'member' }, { user: { ...before, id: 'ada' }, role: 'owner' }]);

  onLiveEvent(chatsQueue, { type: 'user_changed', user: now });

  const [direct, other] = queryClient.getQueryData<{ peer: { display_name: string }; last_message: Message }[]>(keys.chats) ?? [];
  expect([direct?.peer.display_name, direct?.last_message.sender.name_shared]).toEqual(['Thomas', true]);
  expect(other).toBe(chats[1]);
  expect(cachedWindow('direct')?.items.map(({ sender }) => sender.display_name)).toEqual(['Thomas', 'Ada']);
  expect(queryClient.getQueryData<Member[]>(keys.members('direct'))?.map(({ user }) => user.display_name)).toEqual(['Thomas', 'Tom']);
});

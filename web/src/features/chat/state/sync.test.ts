import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { chatsQueue, type Member, type Message } from '@/api/contracts.gen';
import { keys, queryClient } from '@/api/query-client';
import { chatDestination } from '@/realtime/destinations';
import { liveEvents } from '@/realtime/live';
import { message } from '@/testing/messages';
import { cachedChat, cachedWindow, noteRead } from './chat-cache';
import { startSync } from './sync';

let stop: () => void;
beforeEach(() => {
  stop = startSync();
});
afterEach(() => {
  stop();
  vi.restoreAllMocks();
});

it('reads the list again when the queue is in force, or has left something out, and not when the connection stands', () => {
  const invalidate = vi.spyOn(queryClient, 'invalidateQueries').mockResolvedValue();

  liveEvents.followed(chatDestination('room'));
  expect(invalidate).not.toHaveBeenCalled();
  liveEvents.followed(chatsQueue);
  liveEvents.receive(chatsQueue, { type: 'resync', from_seq: 0, to_seq: 0 });

  expect(invalidate.mock.calls).toEqual([[{ queryKey: keys.chats }], [{ queryKey: keys.chats }]]);
});

it('counts what the server counts, and moves no marker by it', () => {
  const chat = { id: 'room', last_seq: 8, me: { role: 'member', read_seq: 2, unread: 6, mentions: 2 }, last_message: { id: 'm', seq: 8 } };
  queryClient.setQueryData(keys.chats, [chat]);

  liveEvents.receive(chatsQueue, { type: 'unread', chat_id: 'room', last_seq: 8, unread: 3, mentions: 1 });

  const [after] = queryClient.getQueryData<(typeof chat)[]>(keys.chats) ?? [];
  expect(after?.me).toEqual({ role: 'member', read_seq: 2, unread: 3, mentions: 1 });
  expect(after?.last_message).toEqual(chat.last_message);
});

it('calls somebody by the new name everywhere, and leaves alone what does not name them', () => {
  const before = { id: 'tom', username: 'tom', display_name: 'Tom', kind: 'person' as const };
  const now = { ...before, display_name: 'Thomas', name_shared: true, created_at: '' };
  const chats = [{ id: 'direct', peer: before, last_message: message(1, { sender: before }) }, { id: 'other', peer: null, last_message: message(2) }];
  queryClient.setQueryData(keys.chats, chats);
  queryClient.setQueryData(keys.messages('direct'), { items: [message(1, { sender: before }), message(2)], firstSeq: 1, lastSeq: 2, headSeq: 2, ahead: [] });
  queryClient.setQueryData(keys.members('direct'), [{ user: before, role: 'member' }, { user: { ...before, id: 'ada' }, role: 'owner' }]);

  liveEvents.receive(chatsQueue, { type: 'user_changed', user: now });

  const [direct, other] = queryClient.getQueryData<{ peer: { display_name: string }; last_message: Message }[]>(keys.chats) ?? [];
  expect([direct?.peer.display_name, direct?.last_message.sender.name_shared]).toEqual(['Thomas', true]);
  expect(other).toBe(chats[1]);
  expect(cachedWindow('direct')?.items.map(({ sender }) => sender.display_name)).toEqual(['Thomas', 'Ada']);
  expect(queryClient.getQueryData<Member[]>(keys.members('direct'))?.map(({ user }) => user.display_name)).toEqual(['Thomas', 'Tom']);
});

it('takes mentions from the server, and never more of them than is unread', () => {
  const chat = { id: 'room', last_seq: 8, me: { role: 'member', read_seq: 2, unread: 6, mentions: 4 }, last_message: { id: 'm', seq: 8 } };
  queryClient.setQueryData(keys.chats, [chat]);
  const me = () => cachedChat('room')?.me;

  liveEvents.receive(chatsQueue, { type: 'read', chat_id: 'room', seq: 4, unread: 4, mentions: 3 });
  expect(me()).toEqual({ role: 'member', read_seq: 4, unread: 4, mentions: 3 });
  noteRead('room', 7);
  expect(me()).toEqual({ role: 'member', read_seq: 7, unread: 1, mentions: 1 });
  liveEvents.receive(chatsQueue, { type: 'read', chat_id: 'room', seq: 7, unread: 1, mentions: 0 });
  expect(me()).toEqual({ role: 'member', read_seq: 7, unread: 1, mentions: 0 });
});

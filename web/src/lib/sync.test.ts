import { afterEach, expect, it, vi } from 'vitest';
import { chatDestination, chatsQueue, presenceQueue, sessionQueue } from './live-events';
import { keys, queryClient } from './query-client';
import { onFollowed, onLiveEvent, onOpen } from './sync';

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

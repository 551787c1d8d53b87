import { expect, it, vi } from 'vitest';
import { chatsQueue, presenceQueue } from './live-events';
import { keys, queryClient } from './query-client';
import { onLiveEvent } from './sync';

it('reads again only what the queue that left something out tells of', () => {
  const invalidate = vi.spyOn(queryClient, 'invalidateQueries').mockResolvedValue();
  const resync = { type: 'resync', from_seq: 0, to_seq: 0 } as const;

  onLiveEvent(presenceQueue, resync);
  onLiveEvent(chatsQueue, resync);

  expect(invalidate.mock.calls).toEqual([[{ queryKey: keys.presenceOf }], [{ queryKey: keys.chats }]]);
});

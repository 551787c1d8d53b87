import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { listMembers } from '@/api/chats';
import { cachedChat } from './chat-cache';
import { useWatchPresence } from './presence';
import { keys } from './query-client';
import { useSession } from './session';
import { peerOf } from './use-chats';

// Watches the presence of the people behind the direct chats that are in view. Takes their ids joined by
// commas, so that the same view is the same value.
export function usePeerPresence(chatIds: string): void {
  const meId = useSession((state) => state.user?.id);
  const direct = useMemo(
    () => chatIds.split(',').filter((chatId) => cachedChat(chatId)?.kind === 'direct'),
    [chatIds],
  );
  const peers = useQueries({
    queries: direct.map((chatId) => ({
      queryKey: keys.members(chatId),
      queryFn: () => listMembers(chatId),
      staleTime: 5 * 60_000,
    })),
    combine: (results) => results.map((result) => peerOf(result.data, meId)?.id ?? '').filter(Boolean).join(','),
  });
  useWatchPresence(useMemo(() => (peers ? peers.split(',') : []), [peers]));
}

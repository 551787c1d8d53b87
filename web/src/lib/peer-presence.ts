import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { listMembers } from '@/api/chats';
import type { Chat, PublicUser } from '@/api/contracts.gen';
import { useWatchPresence } from './presence';
import { keys } from './query-client';
import { useSession } from './session';
import { peerOf } from './use-chats';

// The people behind direct chats, as far as they are known; asks for those that are not.
export function usePeers(chats: readonly Chat[]): ReadonlyMap<string, PublicUser> {
  const meId = useSession((state) => state.user?.id);
  const direct = chats.filter((chat) => chat.kind === 'direct');
  const peers = useQueries({
    queries: direct.map((chat) => ({
      queryKey: keys.members(chat.id),
      queryFn: () => listMembers(chat.id),
      staleTime: 5 * 60_000,
    })),
    combine: (results) => results.map((result) => peerOf(result.data, meId)),
  });
  return useMemo(() => {
    const known = new Map<string, PublicUser>();
    direct.forEach((chat, index) => {
      const peer = peers[index];
      if (peer) known.set(chat.id, peer);
    });
    return known;
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `peers` changes when `direct` does
  }, [peers]);
}

// Watches the presence of the people behind the direct chats that are in view.
export function usePeerPresence(chats: readonly Chat[]): void {
  const peers = usePeers(chats);
  useWatchPresence(useMemo(() => [...peers.values()].map((peer) => peer.id), [peers]));
}

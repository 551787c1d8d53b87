import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { Presence, PresenceState } from '@/api/contracts.gen';
import { getPresence } from '@/api/people';
import { keys, queryClient } from '@/api/query-client';

const mostPerCall = 100;

export function notePresence(presence: Presence): void {
  queryClient.setQueryData<Record<string, Presence>>(keys.presence, (known) => ({
    ...known,
    [presence.user_id]: presence,
  }));
}

async function loadPresence(userIds: string[]): Promise<true> {
  for (let at = 0; at < userIds.length; at += mostPerCall) {
    for (const presence of await getPresence(userIds.slice(at, at + mostPerCall))) notePresence(presence);
  }
  return true;
}

// Asks once who of these people is there; live events keep the answer true.
export function useWatchPresence(userIds: readonly string[]): void {
  // The same people in another order, or in a new array, are the same question.
  const key = [...new Set(userIds)].sort().join(',');
  const sorted = useMemo(() => (key ? key.split(',') : []), [key]);
  const { refetch } = useQuery({
    queryKey: [...keys.presenceOf, sorted],
    queryFn: () => loadPresence(sorted),
    enabled: sorted.length > 0,
    staleTime: 60_000,
    retry: false,
  });
  useEffect(() => {
    const visible = () => document.visibilityState === 'visible' && sorted.length > 0 && void refetch();
    document.addEventListener('visibilitychange', visible);
    return () => document.removeEventListener('visibilitychange', visible);
  }, [refetch, sorted]);
}

// What is known of everybody, for lists that are ordered by it.
export function useAllPresence(): Readonly<Record<string, Presence>> {
  const { data } = useQuery<Record<string, Presence>>({
    queryKey: keys.presence,
    queryFn: () => queryClient.getQueryData<Record<string, Presence>>(keys.presence) ?? {},
    staleTime: Infinity,
  });
  return data ?? nobody;
}

const nobody: Readonly<Record<string, Presence>> = {};

export function usePresence(userId: string | undefined): Presence | undefined {
  const { data } = useQuery<Record<string, Presence>, Error, Presence | undefined>({
    queryKey: keys.presence,
    queryFn: () => queryClient.getQueryData<Record<string, Presence>>(keys.presence) ?? {},
    staleTime: Infinity,
    select: (all) => (userId ? all[userId] : undefined),
  });
  return data;
}

export function usePresenceState(userId: string | undefined): PresenceState | undefined {
  return usePresence(userId)?.state;
}

import { useQuery } from '@tanstack/react-query';
import { keys } from '@/api/query-client';
import { getServerInfo } from '@/api/server';

// What the server is called and who may register; nothing while it is not known, for the forms work without.
export function useServerInfo() {
  const { data } = useQuery({ queryKey: keys.server, queryFn: getServerInfo, staleTime: 5 * 60_000, retry: false });
  return data;
}

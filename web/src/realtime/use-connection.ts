import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Connection } from './connection-machine';
import { live } from './live';

export function useConnection(): Connection {
  return useStore(live.store, (state) => state.connection);
}

const quietMilliseconds = 2_000;

export function downSinceOf(connection: Connection): number | null {
  if (connection.phase === 'stopped' || connection.phase === 'open') return null;
  return connection.downSince;
}

// True when the connection has been away for two seconds: shorter breaks are nobody's business.
export function useConnectionDown(): boolean {
  const since = downSinceOf(useConnection());
  const [down, setDown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(
      () => setDown(since !== null),
      since === null ? 0 : Math.max(0, since + quietMilliseconds - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [since]);
  return down && since !== null;
}

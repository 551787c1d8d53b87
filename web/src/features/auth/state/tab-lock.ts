// Runs work in one tab of this origin at a time. The Web Locks API does it where it exists; plain
// http pages have none, so a lease in localStorage stands in for it.

const leaseMilliseconds = 8_000;

export async function withTabLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (typeof navigator !== 'undefined' && navigator.locks) {
    return navigator.locks.request(name, work);
  }
  const release = await takeLease(`loquat.lock.${name}`);
  try {
    return await work();
  } finally {
    release();
  }
}

interface Lease {
  owner: string;
  until: number;
}

function readLease(key: string): Lease | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as Lease | null;
  } catch {
    return null;
  }
}

async function takeLease(key: string): Promise<() => void> {
  const owner = Math.random().toString(36).slice(2);
  for (;;) {
    const held = readLease(key);
    if (!held || held.until < Date.now()) {
      localStorage.setItem(key, JSON.stringify({ owner, until: Date.now() + leaseMilliseconds }));
      // Two tabs may have written at once: the one whose name is still there a moment later has it.
      await pause(20);
      if (readLease(key)?.owner === owner) break;
    }
    await pause(40);
  }
  return () => {
    if (readLease(key)?.owner === owner) localStorage.removeItem(key);
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

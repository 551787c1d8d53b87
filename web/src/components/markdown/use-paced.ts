import { useEffect, useLayoutEffect, useReducer, useRef } from 'react';

// Drawing takes at most a fifth of the time.
const rest = 4;

// The newest value, or an older one while what drawing it took says to wait. The last one is never held back.
export function usePaced<T>(value: T, last: boolean): T {
  const [, look] = useReducer((count: number) => count + 1, 0);
  const pace = useRef({ shown: value, free: 0 });
  const now = performance.now();
  const due = pace.current.shown !== value;
  const draws = due && (last || now >= pace.current.free);
  if (draws) pace.current.shown = value;
  useLayoutEffect(() => {
    if (draws) pace.current.free = performance.now() + rest * (performance.now() - now);
  });
  const waits = due && !draws;
  useEffect(() => {
    if (!waits) return;
    const timer = setTimeout(look, Math.max(0, pace.current.free - performance.now()));
    return () => clearTimeout(timer);
  });
  return pace.current.shown;
}

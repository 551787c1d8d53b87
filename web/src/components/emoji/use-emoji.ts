import { useEffect, useState } from 'react';
import type * as Data from './emoji';

export type EmojiData = typeof Data;

let loaded: EmojiData | null = null;

// The emoji, once somebody wants them and they are loaded.
export function useEmoji(wanted: boolean): EmojiData | null {
  const [data, setData] = useState(loaded);
  useEffect(() => {
    if (!wanted || data) return;
    let over = false;
    import('./emoji').then(
      (module) => {
        loaded = module;
        if (!over) setData(module);
      },
      // The next colon asks again.
      () => undefined,
    );
    return () => {
      over = true;
    };
  }, [wanted, data]);
  return data;
}

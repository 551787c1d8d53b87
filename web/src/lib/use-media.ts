import { useSyncExternalStore } from 'react';

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => matchMedia(query).matches,
  );
}

export const useIsNarrow = (): boolean => useMedia('(max-width: 767.98px)');
export const useIsWide = (): boolean => useMedia('(min-width: 1200px)');
export const isTouch = (): boolean => matchMedia('(pointer: coarse)').matches;

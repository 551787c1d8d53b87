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
export const useIsVeryWide = (): boolean => useMedia('(min-width: 1600px)');
export const useIsWide = (): boolean => useMedia('(min-width: 1200px)');
const fontSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;

// How many pixels a rem is now, for what is placed by numbers; and whether fingers point.
export function useRemPixels(): { rem: number; coarse: boolean } {
  const coarse = useMedia('(pointer: coarse)');
  const rem = useSyncExternalStore(
    (changed) => {
      window.addEventListener('resize', changed);
      return () => window.removeEventListener('resize', changed);
    },
    fontSize,
  );
  return { rem, coarse };
}

export const isTouch = (): boolean => matchMedia('(pointer: coarse)').matches;

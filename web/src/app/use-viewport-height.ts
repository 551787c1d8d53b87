import { useEffect } from 'react';

// On phones the keyboard covers the page without shrinking it; the visual viewport says what is left.
export function useViewportHeight(): void {
  useEffect(() => {
    const viewport = window.visualViewport;
    if (!viewport || !matchMedia('(pointer: coarse)').matches) return;
    const root = document.documentElement;
    const apply = () => {
      root.style.setProperty('--app-height', `${viewport.height}px`);
      window.scrollTo(0, 0);
    };
    apply();
    viewport.addEventListener('resize', apply);
    return () => {
      viewport.removeEventListener('resize', apply);
      root.style.removeProperty('--app-height');
    };
  }, []);
}

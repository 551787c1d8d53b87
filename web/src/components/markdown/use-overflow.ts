import { useEffect, useState, type RefObject } from 'react';

export interface Overflow {
  // More can be scrolled to: towards the text's start, towards its end.
  before: boolean;
  after: boolean;
}

const none: Overflow = { before: false, after: false };

// Where a box that scrolls sideways holds more than it shows.
export function useOverflow(box: RefObject<HTMLElement | null>): Overflow {
  const [overflow, setOverflow] = useState(none);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => {
      // Counted from the start also where text runs from right to left.
      const from = Math.abs(element.scrollLeft);
      const rest = element.scrollWidth - element.clientWidth - from;
      const next = { before: from > 1, after: rest > 1 };
      setOverflow((now) => (now.before === next.before && now.after === next.after ? now : next));
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [box]);
  return overflow;
}

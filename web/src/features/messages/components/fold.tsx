import { useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { markdownStrings } from '@/i18n/markdown';

// Lines that are shown of a long message, and how many it must have to be folded at all: not for the sake of three.
const shownLines = 24;
const foldedFrom = 28;
// Shorter texts are never so high.
const leastCharacters = 600;
const leastLines = 18;

// Those that were unfolded stay so until the page is loaded again.
const unfolded = new Set<string>();
const mostRemembered = 1_000;
// Which ones were high when they were drawn last, so that they are drawn folded at once.
const high = new Map<string, boolean>();

function remember(id: string, open: boolean): void {
  unfolded.delete(id);
  if (open) unfolded.add(id);
  if (unfolded.size > mostRemembered) unfolded.delete(unfolded.values().next().value ?? '');
}

function rememberHigh(id: string, isHigh: boolean): void {
  high.delete(id);
  high.set(id, isHigh);
  if (high.size > mostRemembered) high.delete(high.keys().next().value ?? '');
}

// Changes something in the list and leaves `element` where it is on the screen.
function withoutMoving(element: Element | null, change: () => void): void {
  const scroller = element?.closest('[data-messages]');
  const before = element?.getBoundingClientRect().top ?? 0;
  flushSync(change);
  if (!element || !scroller) return;
  scroller.dispatchEvent(new Event('rowchange'));
  const moved = element.getBoundingClientRect().top - before;
  if (Math.abs(moved) > 0.5) scroller.scrollTop += moved;
}

interface FoldProps {
  id: string;
  text: string;
  children: ReactNode;
}

// A message that is very long shows its beginning until one asks for the rest.
export function Fold({ id, text, children }: FoldProps) {
  const mayBeHigh = text.length >= leastCharacters || text.split('\n', leastLines + 1).length > leastLines;
  return mayBeHigh ? <Folding id={id}>{children}</Folding> : children;
}

function Folding({ id, children }: Omit<FoldProps, 'text'>) {
  const contentId = useId();
  const inner = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [isHigh, setHigh] = useState(high.get(id) ?? false);
  const [open, setOpen] = useState(unfolded.has(id));
  useLayoutEffect(() => {
    const element = inner.current;
    if (!element) return;
    const look = () => {
      const now = element.offsetHeight > foldedFrom * parseFloat(getComputedStyle(element).lineHeight);
      rememberHigh(id, now);
      setHigh(now);
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [id]);
  const set = (next: boolean, still: Element | null) => {
    remember(id, next);
    withoutMoving(still, () => setOpen(next));
  };
  const folded = isHigh && !open;
  return (
    <>
      <div
        id={contentId}
        className={folded ? 'folded' : undefined}
        style={folded ? { maxHeight: `${shownLines}lh` } : undefined}
        // The browser's search and the Tab key scroll to what is hidden: it is shown then, where it came to stand.
        onScroll={(event) => folded && event.currentTarget.scrollTop > 0 && set(true, inner.current)}
      >
        <div ref={inner} className="flow-root">{children}</div>
      </div>
      {isHigh && (
        <button
          ref={button}
          type="button"
          aria-expanded={open}
          aria-controls={contentId}
          onClick={() => set(!open, open ? button.current : inner.current)}
          className="mt-1 block rounded-sm text-small font-medium text-link hover:underline pointer-coarse:min-h-11"
        >
          {open ? markdownStrings.showLess : markdownStrings.showMore}
        </button>
      )}
    </>
  );
}

import type { Virtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { loadNewer, loadOlder } from '@/lib/history';
import { hasOlder, isAttached, type MessageWindow } from '@/lib/message-window';
import type { MessageRow } from '@/lib/message-rows';

export type ListVirtualizer = Virtualizer<HTMLDivElement, Element>;

const nearPixels = 900;
const bottomPixels = 48;

interface ListScroll {
  chatId: string;
  window: MessageWindow;
  rows: MessageRow[];
  virtualizer: ListVirtualizer;
  // The message that the address names.
  targetSeq: number | null;
}

// Index in the virtual list of a row: the list starts with the room's introduction.
export const indexOfRow = (row: number): number => row + 1;

// Where the list stands: at the first unread, at the address's message, or at the end; more is loaded near the edges.
export function useListScroll({ chatId, window, rows, virtualizer, targetSeq }: ListScroll) {
  const [atBottom, setAtBottom] = useState(false);
  const [failed, setFailed] = useState(false);
  const placedFor = useRef<string | null>(null);
  const loading = useRef(false);
  const settled = useRef(false);
  const place = `${chatId}/${targetSeq ?? ''}`;

  useLayoutEffect(() => {
    if (placedFor.current === place || rows.length === 0) return;
    // Leaving a message's address is no wish to be elsewhere.
    if (placedFor.current !== null && targetSeq === null) return void (placedFor.current = place);
    const target = targetSeq === null ? -1 : rows.findIndex((row) => row.message?.seq === targetSeq);
    if (targetSeq !== null && target < 0) return;
    placedFor.current = place;
    const firstNew = rows.findIndex((row) => row.startsNew);
    if (target >= 0) virtualizer.scrollToIndex(indexOfRow(target), { align: 'center' });
    else if (firstNew >= 0 && rows.length - firstNew > 4) virtualizer.scrollToIndex(indexOfRow(firstNew), { align: 'start' });
    else virtualizer.scrollToEnd();
    afterSettling(virtualizer, settled);
  }, [place, rows, targetSeq, virtualizer]);

  const load = useCallback((more: (chatId: string) => Promise<void>) => {
    if (loading.current) return;
    loading.current = true;
    more(chatId)
      .then(() => setFailed(false), () => setFailed(true))
      .finally(() => {
        loading.current = false;
      });
  }, [chatId]);

  const check = useCallback(() => {
    const element = virtualizer.scrollElement;
    if (!element || placedFor.current === null || !settled.current) return;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    setAtBottom(below < bottomPixels && isAttached(window));
    if (element.scrollTop < nearPixels && hasOlder(window)) load(loadOlder);
    if (below < nearPixels && !isAttached(window)) load(loadNewer);
  }, [load, virtualizer, window]);

  useEffect(() => {
    const frame = requestAnimationFrame(check);
    return () => cancelAnimationFrame(frame);
  }, [check, rows]);

  // A growing composer or a line above takes height away; the end stays in view for who is reading there.
  const wasAtEnd = useRef(false);
  wasAtEnd.current = atBottom;
  const element = virtualizer.scrollElement;
  useEffect(() => {
    if (!element) return;
    const observer = new ResizeObserver(() => wasAtEnd.current && virtualizer.scrollToEnd());
    observer.observe(element);
    return () => observer.disconnect();
  }, [element, virtualizer]);

  return { atBottom, failed, check };
}

const stillFrames = 3;
const mostFrames = 60;

// Rows are measured while the list goes to its place, and the place moves with them. More is loaded only when it
// stands still: rows put in above meanwhile would change what the place's index means.
function afterSettling(virtualizer: ListVirtualizer, settled: { current: boolean }): void {
  settled.current = false;
  let last = -1;
  let still = 0;
  let frames = 0;
  const look = () => {
    const offset = virtualizer.scrollElement?.scrollTop ?? -1;
    still = offset === last ? still + 1 : 0;
    last = offset;
    frames += 1;
    if (still < stillFrames && frames < mostFrames) return void requestAnimationFrame(look);
    settled.current = true;
    // Wakes up whoever listens to scrolling, for nothing may have scrolled since.
    virtualizer.scrollElement?.dispatchEvent(new Event('scroll'));
  };
  requestAnimationFrame(look);
}

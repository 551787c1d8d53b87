import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { hasOlder, isAttached, loadNewer, loadOlder, type MessageWindow } from '@/features/chat/entry';
import type { MessageRow } from './message-rows';
import { placeOf, rememberPlace } from './reading-places';
import { useListKeeper } from './use-list-keeper';
import { useReadMarker } from './use-read-marker';

const nearPixels = 1_200;
const bottomPixels = 48;
const introKey = 'intro';

interface ListScroll {
  chatId: string;
  window: MessageWindow;
  rows: MessageRow[];
  // The message that the address names.
  targetSeq: number | null;
  // The address names a message that is not there.
  missing: boolean;
  estimate: (row: MessageRow | null) => number;
}

// The list of the chat's introduction and its rows, and where it stands: where one was reading, at the first unread, at the
// address's message, or at the end; more is loaded near the edges.
export function useListScroll({ chatId, window, rows, targetSeq, missing, estimate }: ListScroll) {
  const [atBottom, setAtBottom] = useState(false);
  const [failed, setFailed] = useState(false);
  const placedFor = useRef<string | null>(null);
  const loading = useRef(false);
  const keys = useKeys(rows);
  const noteSeen = useReadMarker(chatId, atBottom, window.lastSeq);
  const place = `${chatId}/${missing ? 'end' : (targetSeq ?? '')}`;

  const load = useCallback((more: (chatId: string) => Promise<void>) => {
    if (loading.current) return;
    loading.current = true;
    more(chatId)
      .then(() => setFailed(false), () => setFailed(true))
      .finally(() => {
        loading.current = false;
      });
  }, [chatId]);

  const check = () => {
    if (placedFor.current === null) return;
    const isEnd = isAttached(window);
    setAtBottom(keeper.below < bottomPixels && isEnd);
    noteSeen(seqAt(rows, keeper.firstInView - 1, 1), seqAt(rows, keeper.lastSeen - 1, -1));
    if (keeper.above < nearPixels && hasOlder(window)) load(loadOlder);
    if (keeper.below < nearPixels && !isEnd) load(loadNewer);
  };
  const { keeper, range, refs } = useListKeeper({
    keys, passed: introKey, moved: check, estimate: (index) => estimate(index === 0 ? null : (rows[index - 1] ?? null)),
  });

  useLayoutEffect(() => {
    if (placedFor.current === place || rows.length === 0) return;
    // Leaving a message's address is no wish to be elsewhere.
    if (placedFor.current !== null && targetSeq === null && !missing) return void (placedFor.current = place);
    const target = targetSeq === null || missing ? undefined : rows.find((row) => row.message?.seq === targetSeq);
    if (targetSeq !== null && !missing && !target) return;
    const isFirst = placedFor.current === null;
    placedFor.current = place;
    const was = isFirst ? placeOf(chatId) : null;
    const firstNew = rows.findIndex((row) => row.startsNew);
    if (target) keeper.goTo(target.key, 'center');
    else if (missing) keeper.goToEnd();
    else if (was && keys.includes(was.key)) keeper.goTo(was.key, was.offset);
    else if (firstNew >= 0 && rows.length - firstNew > 4) keeper.goTo(rows[firstNew]?.key ?? '', 'start');
    else keeper.goToEnd();
  }, [chatId, keeper, keys, missing, place, rows, targetSeq]);
  useLayoutEffect(() => () => rememberPlace(chatId, keeper.isAtEnd ? null : keeper.anchor), [chatId, keeper]);

  const latest = useRef(check);
  latest.current = check;
  useEffect(() => {
    const frame = requestAnimationFrame(() => latest.current());
    return () => cancelAnimationFrame(frame);
  }, [rows]);
  return { atBottom, failed, retry: () => latest.current(), keeper, range, refs };
}

// The keys of all rows, the same array while they are the same.
function useKeys(rows: MessageRow[]): readonly string[] {
  const known = useRef<readonly string[]>([]);
  const isSame = known.current.length === rows.length + 1 && rows.every((row, index) => known.current[index + 1] === row.key);
  if (!isSame) known.current = [introKey, ...rows.map((row) => row.key)];
  return known.current;
}

// The seq of the row at `index`, or of the next one that has one in the direction of `step`; 0 for none.
function seqAt(rows: readonly MessageRow[], index: number, step: 1 | -1): number {
  for (let at = index; at >= 0 && at < rows.length; at += step) {
    const seq = rows[at]?.message?.seq;
    if (seq) return seq;
  }
  return 0;
}

import { useCallback, useEffect, useRef } from 'react';
import { putRead } from '@/api/chats';
import { cachedChat, cachedWindow, isAttached, isLooking, isReading, noteRead, setAtNewest } from '@/features/chat/entry';
import { live } from '@/realtime/live';

const settleMilliseconds = 250;

// The chat's end is in view: everything is read.
function readAll(chatId: string): number | null {
  const window = cachedWindow(chatId);
  const me = cachedChat(chatId)?.me;
  if (!window || !me || !isAttached(window) || !isReading(chatId)) return null;
  return window.lastSeq > me.read_seq || me.unread > 0 ? window.lastSeq : null;
}

function tell(chatId: string, seq: number, left?: { unread: number; mentions: number }): void {
  noteRead(chatId, seq, left);
  const told = live.tell(`/app/chats/${chatId}/read`, { seq });
  if (!told) putRead(chatId, seq).catch(() => undefined);
}

// Moves the read marker after what a person who is looking has seen. What was jumped over by a link counts as unread; the
// newest message in view counts for all.
export function useReadMarker(chatId: string, atNewest: boolean, lastSeq: number): (firstSeq: number, lastSeq: number) => void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const seen = useRef({ first: 0, last: 0 });
  const joins = useRef(false);
  const mark = useCallback(() => {
    timer.current = undefined;
    const all = readAll(chatId);
    if (all !== null) return tell(chatId, all, { unread: 0, mentions: 0 });
    const me = cachedChat(chatId)?.me;
    if (!me || !isLooking(chatId)) return;
    if (joins.current && seen.current.last > me.read_seq) tell(chatId, seen.current.last);
  }, [chatId]);
  const plan = useCallback(() => {
    timer.current ??= setTimeout(mark, settleMilliseconds);
  }, [mark]);
  useEffect(() => {
    setAtNewest(atNewest);
    plan();
    window.addEventListener('focus', plan);
    document.addEventListener('visibilitychange', plan);
    return () => {
      clearTimeout(timer.current);
      timer.current = undefined;
      window.removeEventListener('focus', plan);
      document.removeEventListener('visibilitychange', plan);
    };
  }, [plan, atNewest, lastSeq]);
  return useCallback((first: number, last: number) => {
    seen.current = { first, last };
    // Once reading has begun where it had ended, no step is too far.
    if (isLooking(chatId)) joins.current ||= first <= (cachedChat(chatId)?.me?.read_seq ?? 0) + 1;
    plan();
  }, [chatId, plan]);
}

import { useEffect, useRef } from 'react';
import { putRead } from '@/api/chats';
import { cachedChat, cachedWindow, noteRead } from '@/lib/chat-cache';
import { live } from '@/lib/live';
import { isAttached } from '@/lib/message-window';
import { isReading, setAtNewest } from '@/lib/reading';

const settleMilliseconds = 250;

function markRead(chatId: string): void {
  const window = cachedWindow(chatId);
  const me = cachedChat(chatId)?.me;
  if (!window || !me || !isAttached(window) || !isReading(chatId)) return;
  if (window.lastSeq <= me.read_seq && me.unread === 0) return;
  const seq = window.lastSeq;
  noteRead(chatId, seq, 0);
  const told = live.tell(`/app/chats/${chatId}/read`, { seq });
  if (!told) putRead(chatId, seq).catch(() => undefined);
}

// Moves the read marker while the newest message is in view of a person who is looking.
export function useReadMarker(chatId: string, atNewest: boolean, lastSeq: number): void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    setAtNewest(atNewest);
    const plan = () => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => markRead(chatId), settleMilliseconds);
    };
    plan();
    window.addEventListener('focus', plan);
    document.addEventListener('visibilitychange', plan);
    return () => {
      clearTimeout(timer.current);
      window.removeEventListener('focus', plan);
      document.removeEventListener('visibilitychange', plan);
    };
  }, [chatId, atNewest, lastSeq]);
}

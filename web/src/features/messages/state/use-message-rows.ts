import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Chat } from '@/api/contracts.gen';
import { useAnswerPlaces } from '@/features/assistant/entry';
import { hasOlder, isAttached, type MessageWindow } from '@/features/chat/entry';
import { outboxStore } from '@/features/composer/entry';
import { buildRows, type MessageRow } from './message-rows';

export function useMessageRows(chat: Chat, window: MessageWindow, meId: string): { rows: MessageRow[]; pendingCount: number } {
  // The "new" line stays where it was when the chat was opened.
  const [newAfterSeq, setNewAfterSeq] = useState(() => (chat.me && chat.me.unread > 0 ? chat.me.read_seq : null));
  const readSeq = chat.me?.read_seq ?? 0;
  const last = window.items[window.items.length - 1];
  const cameUnseen = last !== undefined && last.sender.id !== meId && (last.seq ?? 0) > readSeq && (newAfterSeq ?? -1) < readSeq;
  useEffect(() => {
    // What comes while one looks elsewhere gets the line too, once the older line is read.
    if (cameUnseen && !document.hasFocus()) setNewAfterSeq(readSeq);
  }, [cameUnseen, readSeq]);
  const entries = useStore(outboxStore, (state) => state.entries);
  const outbox = useMemo(() => entries.filter((entry) => entry.chatId === chat.id), [entries, chat.id]);
  const attached = isAttached(window);
  const answers = useAnswerPlaces(chat.id);
  const cut = hasOlder(window);
  const rows = useMemo(
    () => buildRows({ messages: window.items, outbox: attached ? outbox : [], answers: attached ? answers : [], meId, newAfterSeq, cut }),
    [window.items, outbox, answers, attached, meId, newAfterSeq, cut],
  );
  return { rows, pendingCount: outbox.length };
}

// Whether nothing stands in the chat, nor is on its way.
export function useIsBlank(chatId: string, window: MessageWindow | undefined): boolean {
  const pending = useStore(outboxStore, (state) => state.entries.some((entry) => entry.chatId === chatId));
  const answers = useAnswerPlaces(chatId);
  return window !== undefined && window.headSeq === 0 && window.items.length === 0 && !pending && answers.length === 0;
}

// How many messages came since the end was last in view.
export function useUnseenCount(window: MessageWindow, atBottom: boolean): number {
  const [seenSeq, setSeenSeq] = useState(window.lastSeq);
  useEffect(() => {
    if (atBottom) setSeenSeq(window.lastSeq);
  }, [atBottom, window.lastSeq]);
  return Math.max(0, window.headSeq - Math.max(seenSeq, isAttached(window) ? 0 : window.lastSeq));
}

// One's own new message is always shown.
export function useFollowOwn(pendingCount: number, toNewest: () => Promise<void>): void {
  const before = useRef(pendingCount);
  useEffect(() => {
    if (pendingCount > before.current) void toNewest();
    before.current = pendingCount;
  }, [pendingCount, toNewest]);
}

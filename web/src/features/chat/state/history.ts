import { getHistory } from '@/api/chats';
import type { MessagePage } from '@/api/contracts.gen';
import { keys, queryClient } from '@/api/query-client';
import { cachedChat, cachedWindow, changeWindow } from './chat-cache';
import { fromPage, hasOlder, isAttached, mergePage, type MessageWindow, type SeqRange } from './message-window';

// Fetching of history: the first page, more above and below, and exactly what is missing.

const pageSize = 80;
const mostPerCall = 200;
const aroundSize = 60;

// The first page: the newest one, or around the read marker when much is unread.
export async function loadInitial(chatId: string, signal?: AbortSignal): Promise<MessageWindow> {
  const me = cachedChat(chatId)?.me;
  if (me && me.unread > aroundSize && me.read_seq > 0) return fetchAround(chatId, me.read_seq, signal);
  return fromPage(await getHistory(chatId, { limit: pageSize }, signal));
}

async function fetchAround(chatId: string, seq: number, signal?: AbortSignal): Promise<MessageWindow> {
  const after = Math.max(0, seq - aroundSize / 2);
  return fromPage(await getHistory(chatId, { after_seq: after, limit: aroundSize }, signal));
}

export async function loadOlder(chatId: string): Promise<void> {
  const window = cachedWindow(chatId);
  if (!window || !hasOlder(window)) return;
  const page = await getHistory(chatId, { before_seq: window.firstSeq, limit: pageSize });
  changeWindow(chatId, (now) => mergePage(now, page));
}

export async function loadNewer(chatId: string): Promise<void> {
  const window = cachedWindow(chatId);
  if (!window || isAttached(window)) return;
  const page = await getHistory(chatId, { after_seq: window.lastSeq, limit: pageSize });
  changeWindow(chatId, (now) => mergePage(now, page));
}

// Shows the place of `seq`, loading around it when it is not there yet. False when there is no such message: what is shown
// stays.
export async function showSeq(chatId: string, seq: number): Promise<boolean> {
  if (!Number.isSafeInteger(seq) || seq < 1) return false;
  const window = cachedWindow(chatId);
  // The first loaded message is not drawn while earlier ones are missing.
  const from = window && hasOlder(window) ? window.firstSeq + 1 : 1;
  if (window && seq >= from && seq <= window.lastSeq) return true;
  const around = await fetchAround(chatId, seq);
  if (!around.items.some((message) => message.seq === seq)) return false;
  queryClient.setQueryData(keys.messages(chatId), around);
  return true;
}

export async function showNewest(chatId: string): Promise<void> {
  const window = cachedWindow(chatId);
  if (window && isAttached(window)) return;
  queryClient.setQueryData(keys.messages(chatId), fromPage(await getHistory(chatId, { limit: pageSize })));
}

const filling = new Map<string, Promise<void>>();

// Fetches exactly the missing range, page by page. One filling per chat at a time; a wider hole found
// meanwhile shows itself again at the next message.
export function fillGap(chatId: string, gap: SeqRange): Promise<void> {
  const running = filling.get(chatId);
  if (running) return running;
  const work = fetchRange(chatId, gap).finally(() => filling.delete(chatId));
  filling.set(chatId, work);
  return work;
}

async function fetchRange(chatId: string, gap: SeqRange): Promise<void> {
  let after = gap.from - 1;
  while (after < gap.to) {
    const page: MessagePage = await getHistory(chatId, { after_seq: after, limit: Math.min(mostPerCall, gap.to - after) });
    const last = page.items[page.items.length - 1]?.seq ?? 0;
    if (last <= after) return;
    changeWindow(chatId, (now) => mergePage(now, page));
    after = last;
  }
}

// Reads the newest loaded part again: edits and deletions made while nobody listened show only so.
export async function refreshTail(chatId: string): Promise<void> {
  const window = cachedWindow(chatId);
  if (!window || window.items.length === 0) return;
  const after = Math.max(window.firstSeq - 1, window.lastSeq - 100);
  const page = await getHistory(chatId, { after_seq: after, limit: mostPerCall });
  changeWindow(chatId, (now) => mergePage(now, page));
}

// Reads what should be below the window already but has not come.
export async function catchUp(chatId: string): Promise<void> {
  const window = cachedWindow(chatId);
  if (!window || !isAttached(window)) return;
  const page = await getHistory(chatId, { after_seq: window.lastSeq, limit: mostPerCall });
  changeWindow(chatId, (now) => mergePage(now, page));
}

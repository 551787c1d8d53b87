import { useCallback, useRef, type KeyboardEvent, type RefObject } from 'react';
import type { Chat, Message } from '@/api/contracts.gen';
import { focusComposer } from '@/lib/focus';
import { messageIntent, pressOf, type MessageIntent } from '@/lib/key-intent';
import type { ListKeeper } from './list-keeper';
import * as actions from './message-actions';
import type { MessageRow } from './message-rows';

interface MessageKeys {
  chat: Chat;
  meId: string;
  rows: MessageRow[];
  keeper: ListKeeper;
  block: RefObject<HTMLDivElement | null>;
  canWrite: boolean;
  onDelete: (message: Message) => void;
}

// The same actions as the bar's, by keys, on the message in focus; `null` stands for the list itself.
export function useMessageKeys(options: MessageKeys) {
  const latest = useRef(options);
  latest.current = options;
  return useCallback((event: KeyboardEvent, row: MessageRow | null) => {
    // Buttons and fields inside a message keep their own keys.
    if (event.target !== event.currentTarget) return;
    const intent = messageIntent(pressOf(event));
    if (intent === 'none') return;
    event.preventDefault();
    const index = row ? latest.current.rows.findIndex((other) => other.key === row.key) : latest.current.rows.length;
    if (!move(latest.current, intent, index) && row?.message) act(latest.current, intent, row.message);
  }, []);
}

function move({ rows, keeper, block }: MessageKeys, intent: MessageIntent, index: number): boolean {
  const to = { previous: index - 1, next: index + 1, first: 0, last: rows.length - 1 }[intent as 'previous'];
  if (intent === 'leave' || (intent === 'next' && (to ?? 0) >= rows.length)) {
    focusComposer();
    return true;
  }
  if (to === undefined) return false;
  const target = rows[Math.min(Math.max(to, 0), rows.length - 1)]?.key;
  if (target === undefined) return true;
  keeper.goTo(target, 'nearest');
  focusRow(block, target, 10);
  return true;
}

// A row that was out of sight needs a frame or two before it is there.
function focusRow(block: RefObject<HTMLDivElement | null>, key: string, tries: number): void {
  const row = Array.from(block.current?.children ?? []).find((child) => (child as HTMLElement).dataset.key === key);
  const article = row?.querySelector<HTMLElement>('[data-message]');
  if (article) article.focus({ preventScroll: true });
  else if (tries > 0) requestAnimationFrame(() => focusRow(block, key, tries - 1));
}

function act({ chat, meId, canWrite, onDelete }: MessageKeys, intent: MessageIntent, message: Message): void {
  if (message.deleted_at) return;
  if (intent === 'copy') actions.copy(message);
  if (intent === 'reply' && canWrite && chat.kind !== 'assistant') actions.reply(message);
  if (intent === 'edit' && canWrite && actions.mayEdit(message, meId)) actions.edit(message);
  if (intent === 'delete' && actions.mayDelete(message, meId, chat)) onDelete(message);
}

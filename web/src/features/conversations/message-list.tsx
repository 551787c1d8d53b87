import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { deleteMessage } from '@/api/chats';
import type { Chat, Message } from '@/api/contracts.gen';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { cn } from '@/lib/cn';
import { showNewest } from '@/lib/history';
import { isAttached, type MessageWindow } from '@/lib/message-window';
import { useMe } from '@/lib/session';
import { useSettings } from '@/lib/settings-store';
import { strings } from '@/lib/strings';
import { useUi } from '@/lib/ui-store';
import { useNow } from '@/lib/use-now';
import { ActionSheet } from './action-sheet';
import { ChatIntro } from './chat-intro';
import { JumpToNewest } from './jump-to-newest';
import { MessageRow, type RowContext } from './message-row';
import { indexOfRow, useListScroll } from './use-list-scroll';
import { useMessageKeys } from './use-message-keys';
import { useReadMarker } from './use-read-marker';
import { useFollowOwn, useMessageRows, useUnseenCount } from './use-message-rows';

interface MessageListProps {
  chat: Chat;
  window: MessageWindow;
  targetSeq: number | null;
  canWrite: boolean;
  answer: RowContext['answer'];
}

export function MessageList({ chat, window, targetSeq, canWrite, answer }: MessageListProps) {
  const me = useMe();
  const scroller = useRef<HTMLDivElement>(null);
  const compact = useSettings((state) => state.density === 'compact');
  const editingId = useUi((state) => state.editing[chat.id]);
  const now = useNow(60_000);
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState<Message | null>(null);
  const [pressed, setPressed] = useState<Message | null>(null);
  const { rows, pendingCount } = useMessageRows(chat, window, me.id);

  const rowsNow = useRef(rows);
  rowsNow.current = rows;

  const virtualizer = useVirtualizer<HTMLDivElement, Element>({
    count: rows.length + 1,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (index === 0 ? 180 : estimate(rows[index - 1]?.message?.text ?? '', compact)),
    getItemKey: (index) => (index === 0 ? 'intro' : (rows[index - 1]?.key ?? index)),
    overscan: 5,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: 48,
  });
  const { atBottom, failed, check } = useListScroll({ chatId: chat.id, window, rows, virtualizer, targetSeq });
  useReadMarker(chat.id, atBottom, window.lastSeq);
  const unseen = useUnseenCount(window, atBottom);
  const toNewest = useCallback(async () => {
    await showNewest(chat.id);
    if (targetSeq !== null) void navigate(`/c/${chat.id}`, { replace: true });
    requestAnimationFrame(() => virtualizer.scrollToEnd());
  }, [chat.id, navigate, targetSeq, virtualizer]);
  useFollowOwn(pendingCount, toNewest);
  const onKey = useMessageKeys({ chat, meId: me.id, rows, virtualizer, scroller, canWrite, onDelete: setDeleting });

  useEffect(() => {
    const row = editingId ? rowsNow.current.findIndex((other) => other.message?.id === editingId) : -1;
    if (row >= 0) virtualizer.scrollToIndex(indexOfRow(row), { align: 'auto' });
  }, [editingId, virtualizer]);

  const context = useMemo<RowContext>(
    () => ({ chat, me, canWrite, compact, now, onDelete: setDeleting, onLongPress: setPressed, onKey, answer }),
    [chat, me, canWrite, compact, now, onKey, answer],
  );
  const items = virtualizer.getVirtualItems();
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        role="log"
        aria-live="off"
        aria-label={strings.messages.listLabel}
        tabIndex={0}
        data-messages
        onScroll={check}
        onKeyDown={(event) => event.target === event.currentTarget && onKey(event, null)}
        className="flex h-full flex-col overflow-x-hidden overflow-y-auto overscroll-contain outline-offset-[-2px] [overflow-anchor:none]"
      >
        <div className={cn('relative mt-auto w-full shrink-0', chat.kind === 'assistant' && 'mx-auto max-w-column')} style={{ height: virtualizer.getTotalSize() }}>
          <div className="absolute inset-x-0 top-0" style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
            {items.map((item) => {
              const row = rows[item.index - 1];
              return (
                <div key={item.key} ref={virtualizer.measureElement} data-index={item.index}>
                  {item.index === 0 && <ChatIntro chat={chat} window={window} failed={failed} onRetry={check} />}
                  {row && (
                    <MessageRow
                      row={row}
                      context={context}
                      editing={row.message !== null && row.message.id === editingId}
                      flash={targetSeq !== null && row.message?.seq === targetSeq}
                      last={item.index === rows.length}
                    />
                  )}
                  {item.index === indexOfRow(rows.length - 1) && <div className="h-3" />}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {(!atBottom || !isAttached(window)) && rows.length > 0 && <JumpToNewest count={unseen} onJump={() => void toNewest()} />}
      {deleting && (
        <ConfirmDialog
          title={strings.messages.deleteTitle}
          text={strings.messages.deleteText}
          action={strings.messages.delete}
          danger
          onConfirm={() => deleteMessage(chat.id, deleting.id)}
          onClose={() => setDeleting(null)}
        />
      )}
      {pressed && (
        <ActionSheet message={pressed} chat={chat} meId={me.id} canWrite={canWrite} onDelete={setDeleting} onClose={() => setPressed(null)} />
      )}
    </div>
  );
}

// A first guess of a row's height, before it is measured: lines of some 90 characters.
function estimate(text: string, compact: boolean): number {
  const lines = text.split('\n').reduce((sum, line) => sum + 1 + Math.floor(line.length / 90), 0);
  return Math.min(lines, 24) * (compact ? 20 : 24) + (compact ? 8 : 16);
}

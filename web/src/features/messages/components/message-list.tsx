import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { deleteMessage } from '@/api/chats';
import type { Chat, Message } from '@/api/contracts.gen';
import { ConfirmDialog } from '@/components/floating/confirm-dialog';
import { useMe } from '@/features/auth/entry';
import { isAttached, showNewest, type MessageWindow } from '@/features/chat/entry';
import { useEditing } from '@/features/messages/state/editing';
import type { MessageRow as Row } from '@/features/messages/state/message-rows';
import { useListScroll } from '@/features/messages/state/use-list-scroll';
import { useMessageKeys } from '@/features/messages/state/use-message-keys';
import { useFollowOwn, useMessageRows, useUnseenCount } from '@/features/messages/state/use-message-rows';
import { useSettings } from '@/features/settings/entry';
import { messagesStrings } from '@/i18n/messages';
import { cn } from '@/lib/cn';
import { useNow } from '@/lib/hooks/use-now';
import { ActionSheet } from './action-sheet';
import { ChatIntro } from './chat-intro';
import { JumpToNewest } from './jump-to-newest';
import { MessageRow, type RowContext } from './message-row';

interface MessageListProps {
  chat: Chat;
  window: MessageWindow;
  targetSeq: number | null;
  // The address names a message that is not there.
  missing: boolean;
  canWrite: boolean;
  answer: RowContext['answer'];
}

export function MessageList({ chat, window, targetSeq, missing, canWrite, answer }: MessageListProps) {
  const me = useMe();
  const compact = useSettings((state) => state.density === 'compact');
  const editingId = useEditing(chat.id);
  const now = useNow(60_000);
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState<Message | null>(null);
  const [pressed, setPressed] = useState<Message | null>(null);
  const { rows, pendingCount } = useMessageRows(chat, window, me.id);

  const rowsNow = useRef(rows);
  rowsNow.current = rows;

  const guess = (row: Row | null) => (row === null ? 180 : estimate(row, compact));
  const { atBottom, failed, retry, keeper, range, refs } = useListScroll({ chatId: chat.id, window, rows, targetSeq, missing, estimate: guess });
  useForgetOn(compact, () => keeper.geometry.forget());
  const unseen = useUnseenCount(window, atBottom);
  const toNewest = useCallback(async () => {
    await showNewest(chat.id);
    if (targetSeq !== null) void navigate(`/c/${chat.id}`, { replace: true });
    requestAnimationFrame(() => keeper.goToEnd());
  }, [chat.id, navigate, targetSeq, keeper]);
  useFollowOwn(pendingCount, toNewest);
  const onKey = useMessageKeys({ chat, meId: me.id, rows, keeper, block: refs.block, canWrite, onDelete: setDeleting });

  useEffect(() => {
    const row = editingId && rowsNow.current.find((other) => other.message?.id === editingId);
    if (row) keeper.goTo(row.key, 'nearest');
  }, [editingId, keeper]);

  const context = useMemo<RowContext>(
    () => ({ chat, me, canWrite, compact, now, onDelete: setDeleting, onLongPress: setPressed, onKey, answer }),
    [chat, me, canWrite, compact, now, onKey, answer],
  );
  const drawn = Array.from({ length: range.to - range.from }, (_, index) => range.from + index);
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={refs.scroller}
        role="log"
        aria-live="off"
        aria-label={messagesStrings.listLabel}
        tabIndex={0}
        data-messages
        onKeyDown={(event) => event.target === event.currentTarget && onKey(event, null)}
        className="flex h-full flex-col overflow-x-hidden overflow-y-auto overscroll-contain outline-offset-[-2px] [overflow-anchor:none]"
      >
        <div ref={refs.content} className={cn('relative mx-auto mt-auto w-full shrink-0', chat.kind === 'assistant' ? 'max-w-column' : 'max-w-room')}>
          <div ref={refs.block} className="absolute inset-x-0">
            {drawn.map((index) => {
              const row = rows[index - 1];
              // A formatting context of its own, so that no margin is outside what is measured.
              return (
                <div key={row?.key ?? 'intro'} data-key={row?.key ?? 'intro'} className="flow-root">
                  {index === 0 && <ChatIntro chat={chat} window={window} failed={failed} onRetry={retry} />}
                  {row && (
                    <MessageRow
                      row={row}
                      context={context}
                      editing={row.message !== null && row.message.id === editingId}
                      flash={targetSeq !== null && row.message?.seq === targetSeq}
                      last={index === rows.length}
                    />
                  )}
                  {index === rows.length && <div className="h-3" />}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {(!atBottom || !isAttached(window)) && rows.length > 0 && <JumpToNewest count={unseen} onJump={() => void toNewest()} />}
      {deleting && (
        <ConfirmDialog
          title={messagesStrings.deleteTitle}
          text={messagesStrings.deleteText}
          action={messagesStrings.delete}
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

// Heights of another look are no guide.
function useForgetOn(value: unknown, forget: () => void): void {
  const before = useRef(value);
  useLayoutEffect(() => {
    if (before.current !== value) forget();
    before.current = value;
  });
}

// A first guess of a row's height, before it is measured: lines of some 90 characters.
function estimate({ message, pending, head, startsDay, startsNew }: Row, compact: boolean): number {
  const text = message?.text ?? pending?.text ?? '';
  const lines = text.split('\n').reduce((sum, line) => sum + 1 + Math.floor(line.length / 90), 0);
  const above = (head ? (compact ? 28 : 34) : 2) + (startsDay ? 44 : 0) + (startsNew ? 32 : 0);
  return Math.min(lines, 24) * (compact ? 20 : 24) + above + 2;
}

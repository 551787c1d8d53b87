import { memo, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { Chat, Message } from '@/api/contracts.gen';
import { AssistantIcon, Avatar } from '@/components/avatar';
import { Handle } from '@/components/handle';
import type { AnswerRowProps } from '@/features/assistant/entry';
import * as actions from '@/features/messages/state/message-actions';
import type { MessageRow as Row } from '@/features/messages/state/message-rows';
import { assistantStrings } from '@/i18n/assistant';
import { messagesStrings } from '@/i18n/messages';
import { cn } from '@/lib/cn';
import { useLongPress } from '@/lib/hooks/use-long-press';
import { nameOf, type Named } from '@/lib/names';
import { clockTime, dayLabel, fullTime } from '@/lib/time';
import { ActionBar } from './action-bar';
import { DayDivider, NewDivider } from './dividers';
import { MessageEditor } from './message-editor';
import { MessageText } from './message-text';
import { PendingText } from './pending-text';
import { ReplyQuote } from './reply-quote';

export interface RowContext {
  chat: Chat;
  me: Named & { id: string };
  canWrite: boolean;
  compact: boolean;
  now: Date;
  onDelete: (message: Message) => void;
  onLongPress: (message: Message) => void;
  onKey: (event: KeyboardEvent, row: Row) => void;
  // An answer of an assistant in its row, drawn by whoever puts the list together.
  answer: (answer: AnswerRowProps) => ReactNode;
}

interface MessageRowProps {
  row: Row;
  context: RowContext;
  editing: boolean;
  flash: boolean;
  // The last row of the list.
  last: boolean;
}

export const MessageRow = memo(function MessageRow({ row, context, editing, flash, last }: MessageRowProps) {
  const { message, pending } = row;
  const { chat, me, compact } = context;
  const [hot, setHot] = useState(false);
  const [held, setHeld] = useState(false);
  const press = useLongPress(() => message && !message.deleted_at && context.onLongPress(message));
  const { createdAt } = row;
  const isAnswer = (row.answerId !== null || message?.sender.kind === 'assistant') && !message?.deleted_at;
  const sender = message?.sender ?? (isAnswer ? null : me);
  const name = sender?.display_name ?? assistantStrings.answers.assistant;
  const asks = message !== null && actions.isLastQuestion(message, me.id, chat);
  // In a chat with an assistant everything answers what stands above it.
  const replyTo = chat.kind === 'assistant' ? null : (message?.reply_to ?? pending?.replyTo);
  const showBar = (hot || held) && message && !message.deleted_at && !editing && message.sender.kind !== 'system';
  return (
    <>
      {row.startsDay && <DayDivider label={dayLabel(createdAt, context.now)} />}
      {row.startsNew && <NewDivider />}
      <article
        data-message
        data-seq={message?.seq ?? undefined}
        data-flash={flash || undefined}
        tabIndex={-1}
        aria-label={messagesStrings.rowLabel(sender ? nameOf(sender) : name, fullTime(createdAt))}
        onKeyDown={(event) => context.onKey(event, row)}
        onPointerEnter={(event) => event.pointerType !== 'touch' && setHot(true)}
        onPointerLeave={() => setHot(false)}
        onFocus={() => setHot(true)}
        onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setHot(false)}
        {...press}
        className={cn(
          'group relative flex gap-3 px-3 outline-none md:px-5 pointer-coarse:select-none',
          row.head ? (compact ? 'mt-1.5 pt-0.5' : 'mt-2.5 pt-1') : 'pt-0.5',
          'pb-0.5 focus-visible:bg-hover/70 focus-visible:shadow-[inset_2px_0_var(--focus)]',
          (hot || held) && !isAnswer && 'bg-hover/60',
          'rounded-md',
          flash && 'bg-accent-soft',
        )}
      >
        <Gutter row={row} id={isAnswer ? null : (message?.sender.id ?? me.id)} name={name} createdAt={createdAt} compact={compact} wideOnly={chat.kind === 'assistant'} />
        <div className="min-w-0 max-w-[60rem] flex-1">
          {replyTo && <ReplyQuote chatId={chat.id} messageId={replyTo} />}
          {row.head && !isAnswer && <Heading sender={sender ?? me} createdAt={createdAt} />}
          <div className={compact ? 'text-base' : 'text-read'}>
            {isAnswer && context.answer({
              chat, message, createdAt, last, answerId: row.answerId, meId: me.id, canWrite: context.canWrite, hot: hot || held,
            })}
            {message && editing && <MessageEditor message={message} asks={asks} />}
            {message && !editing && !isAnswer && <MessageText message={message} />}
            {pending && <PendingText entry={pending} />}
          </div>
        </div>
        {showBar && (
          <ActionBar message={message} chat={chat} meId={me.id} canWrite={context.canWrite} onDelete={context.onDelete} onHold={setHeld} />
        )}
      </article>
    </>
  );
});

interface GutterProps {
  row: Row;
  // Null for an assistant.
  id: string | null;
  name: string;
  createdAt: string;
  compact: boolean;
  // On a phone its place goes to the text.
  wideOnly: boolean;
}

// Left of the text: the picture of a new sender, or the time when one points at the line.
function Gutter({ row, id, name, createdAt, compact, wideOnly }: GutterProps): ReactNode {
  const width = cn(compact ? 'w-8' : 'w-9', wideOnly && 'max-md:hidden');
  if (row.head) {
    return (
      <div className={cn(width, 'flex shrink-0 justify-center pt-0.5', (row.message?.reply_to ?? row.pending?.replyTo) && 'mt-5')}>
        {id === null ? <AssistantIcon size={compact ? 'small' : 'large'} /> : <Avatar id={id} name={name} size={compact ? 'small' : 'large'} />}
      </div>
    );
  }
  return (
    <div className={cn(width, 'shrink-0 text-center')}>
      <time aria-hidden dateTime={createdAt} className="hidden text-small leading-6 whitespace-nowrap text-faint group-hover:inline group-focus:inline">
        {clockTime(createdAt)}
      </time>
    </div>
  );
}

function Heading({ sender, createdAt }: { sender: Named; createdAt: string }) {
  return (
    <header className="flex items-baseline gap-2">
      <span className="flex min-w-0 items-baseline gap-1.5 text-base font-bold">
        <bdi className="truncate">{sender.display_name}</bdi>
        <Handle of={sender} />
      </span>
      <time dateTime={createdAt} className="shrink-0 text-small text-faint" data-tip={fullTime(createdAt)}>
        {clockTime(createdAt)}
      </time>
    </header>
  );
}

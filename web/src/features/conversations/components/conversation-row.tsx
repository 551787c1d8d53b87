import { memo } from 'react';
import { NavLink } from 'react-router';
import type { Chat } from '@/api/contracts.gen';
import { RoomIcon } from '@/components/avatar';
import { Handle } from '@/components/handle';
import { UnreadBadge } from '@/components/unread-badge';
import { useMe } from '@/features/auth/entry';
import { activityOf, callsOf, titleOf } from '@/features/chat/entry';
import { useDraft } from '@/features/composer/entry';
import { PersonAvatar } from '@/features/presence/entry';
import { useSettings } from '@/features/settings/entry';
import { conversationsStrings } from '@/i18n/conversations';
import { messagesStrings } from '@/i18n/messages';
import { cn } from '@/lib/cn';
import { nameOf } from '@/lib/names';
import { previewOf } from '@/lib/preview';
import { listTime } from '@/lib/time';

interface ConversationRowProps {
  chat: Chat;
  now: Date;
  active: boolean;
  tabIndex: number;
}

export const ConversationRow = memo(function ConversationRow({ chat, now, active, tabIndex }: ConversationRowProps) {
  const compact = useSettings((state) => state.density === 'compact');
  const calls = callsOf(chat);
  const unread = chat.me?.unread ?? 0;
  const title = titleOf(chat);
  const badge = <UnreadBadge count={unread} calls={calls} />;
  return (
    <NavLink
      to={`/c/${chat.id}`}
      data-row
      tabIndex={tabIndex}
      className={cn(
        'group flex h-full items-center rounded-md px-2.5 transition-colors outline-offset-[-2px]',
        compact ? 'gap-2' : 'gap-3',
        active ? 'bg-selected' : 'hover:bg-hover',
      )}
    >
      <Picture chat={chat} title={title} compact={compact} />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex items-baseline gap-2">
          <span className={cn('flex min-w-0 flex-1 items-baseline gap-1 text-ink', unread > 0 ? 'font-bold' : 'font-medium')}>
            <bdi className="truncate">{title}</bdi>
            <Handle of={chat.peer} />
          </span>
          {compact ? badge : (
            <time dateTime={activityOf(chat)} className="shrink-0 text-small text-faint">{listTime(activityOf(chat), now)}</time>
          )}
        </span>
        {!compact && (
          <span className="flex h-5 items-center gap-2">
            <Preview chat={chat} strong={unread > 0} />
            {badge}
          </span>
        )}
      </span>
    </NavLink>
  );
});

function Picture({ chat, title, compact }: { chat: Chat; title: string; compact: boolean }) {
  const size = compact ? 'small' : 'medium';
  return chat.peer ? <PersonAvatar id={chat.peer.id} name={title} size={size} /> : <RoomIcon chat={chat} size={size} />;
}

function Preview({ chat, strong }: { chat: Chat; strong: boolean }) {
  const me = useMe();
  const draft = useDraft(chat.id);
  const message = chat.last_message;
  const tone = cn('min-w-0 flex-1 truncate text-small', strong ? 'text-soft' : 'text-faint');
  if (draft.text.trim()) {
    return (
      <span className={tone}>
        <span className="text-accent-text">{conversationsStrings.draft}</span> {draft.text}
      </span>
    );
  }
  if (!message) return <span className={tone}>{chat.kind === 'assistant' ? conversationsStrings.noQuestions : conversationsStrings.noMessages}</span>;
  const text = message.deleted_at ? messagesStrings.deleted : previewOf(message);
  const own = message.sender.id === me.id;
  const name = own ? conversationsStrings.you : chat.kind === 'group' ? nameOf(message.sender) : '';
  return <span className={tone} dir="auto">{name ? `${name}: ${text}` : text}</span>;
}

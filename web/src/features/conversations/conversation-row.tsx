import { memo } from 'react';
import { NavLink } from 'react-router';
import type { Chat } from '@/api/contracts.gen';
import { RoomIcon } from '@/components/avatar';
import { PersonAvatar } from '@/components/person-avatar';
import { UnreadBadge } from '@/components/unread-badge';
import { activityOf } from '@/lib/chat-cache';
import { cn } from '@/lib/cn';
import { useDraft } from '@/lib/drafts-store';
import { plainText } from '@/lib/markdown/plain';
import { useMe } from '@/lib/session';
import { useSettings } from '@/lib/settings-store';
import { strings } from '@/lib/strings';
import { listTime } from '@/lib/time';
import { titleOf } from '@/lib/use-chats';

interface ConversationRowProps {
  chat: Chat;
  now: Date;
  active: boolean;
}

export const ConversationRow = memo(function ConversationRow({ chat, now, active }: ConversationRowProps) {
  const compact = useSettings((state) => state.density === 'compact');
  const unread = chat.me?.unread ?? 0;
  const title = titleOf(chat);
  return (
    <NavLink
      to={`/c/${chat.id}`}
      data-row
      className={cn(
        'group flex h-full items-center gap-3 rounded-md px-2.5 transition-colors outline-offset-[-2px]',
        active ? 'bg-selected' : 'hover:bg-hover',
      )}
    >
      {chat.peer ? <PersonAvatar id={chat.peer.id} name={title} size="medium" /> : <RoomIcon chat={chat} />}
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex items-baseline gap-2">
          <span className={cn('min-w-0 flex-1 truncate', unread > 0 ? 'font-bold text-ink' : 'font-medium text-ink')}>
            <bdi>{title}</bdi>
          </span>
          {compact ? <UnreadBadge count={unread} /> : (
            <time dateTime={activityOf(chat)} className="shrink-0 text-small text-faint">{listTime(activityOf(chat), now)}</time>
          )}
        </span>
        {!compact && (
          <span className="flex h-5 items-center gap-2">
            <Preview chat={chat} strong={unread > 0} />
            <UnreadBadge count={unread} />
          </span>
        )}
      </span>
    </NavLink>
  );
});

function Preview({ chat, strong }: { chat: Chat; strong: boolean }) {
  const me = useMe();
  const draft = useDraft(chat.id);
  const message = chat.last_message;
  const tone = cn('min-w-0 flex-1 truncate text-small', strong ? 'text-soft' : 'text-faint');
  if (draft.text.trim()) {
    return (
      <span className={tone}>
        <span className="text-accent-text">{strings.list.draft}</span> {draft.text}
      </span>
    );
  }
  if (!message) return <span className={tone}>{chat.kind === 'assistant' ? strings.list.noQuestions : strings.list.noMessages}</span>;
  const text = message.deleted_at ? strings.messages.deleted : plainText(message.text, 120);
  const own = message.sender.id === me.id;
  const name = own ? strings.list.you : chat.kind === 'group' ? message.sender.display_name : '';
  return <span className={tone} dir="auto">{name ? `${name}: ${text}` : text}</span>;
}

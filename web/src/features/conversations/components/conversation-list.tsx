import { MessagesSquare } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import type { Chat } from '@/api/contracts.gen';
import { EmptyState } from '@/components/empty-state';
import { ErrorState } from '@/components/error-state';
import { ListSkeleton } from '@/components/skeleton';
import { useChats, useSortedChats } from '@/features/chat/entry';
import { buildSections, byAge, type ListItem } from '@/features/conversations/state/chat-sections';
import { useSettings } from '@/features/settings/entry';
import { conversationsStrings } from '@/i18n/conversations';
import { useNow } from '@/lib/hooks/use-now';
import { ConversationRows } from './conversation-rows';
import { ListHeader, type ListFilter } from './list-header';

function keeps(filter: ListFilter, chat: Chat, activeId: string | undefined): boolean {
  if (filter === 'archived') return chat.archived;
  if (chat.archived) return chat.id === activeId;
  if (filter === 'unread') return (chat.me?.unread ?? 0) > 0 || chat.id === activeId;
  if (filter === 'people') return chat.kind === 'direct';
  if (filter === 'assistants') return chat.kind === 'assistant';
  return filter === 'all' || chat.kind === 'group';
}

export function ConversationList({ activeId }: { activeId: string | undefined }) {
  const { isPending, isError, error, refetch } = useChats();
  const chats = useSortedChats();
  const now = useNow(60_000);
  const folded = useSettings((state) => state.folded);
  const [filter, setFilter] = useState<ListFilter>('all');
  const items = useMemo((): ListItem[] => {
    const shown = chats.filter((chat) => keeps(filter, chat, activeId));
    if (filter === 'all') return buildSections({ chats: shown, folded, activeId, now });
    if (filter === 'assistants') return byAge(shown, now);
    return shown.map((chat) => ({ kind: 'chat', key: chat.id, chat }));
  }, [chats, filter, activeId, folded, now]);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <ListHeader filter={filter} onFilter={setFilter} />
      {isPending && <ListSkeleton />}
      {isError && chats.length === 0 && <ErrorState title={conversationsStrings.failed} error={error} onRetry={() => void refetch()} />}
      {!isPending && !isError && items.length === 0 && <NoChats filter={filter} />}
      {items.length > 0 && <ConversationRows items={items} activeId={activeId} now={now} />}
    </div>
  );
}

function NoChats({ filter }: { filter: ListFilter }) {
  const text = filter === 'all' ? conversationsStrings.emptyText : conversationsStrings.emptyFilter;
  return (
    <EmptyState
      picture={<MessagesSquare size={32} strokeWidth={1.5} aria-hidden />}
      title={filter === 'all' ? conversationsStrings.emptyTitle : conversationsStrings.emptyFilterTitle}
      text={text}
      action={filter === 'all' && (
        <Link to="/new/room" data-slot="button-link" className="inline-flex h-9 items-center rounded-sm bg-accent px-4 font-medium text-accent-ink hover:bg-accent-hover pointer-coarse:h-11">
          {conversationsStrings.startRoom}
        </Link>
      )}
    />
  );
}

import { useVirtualizer } from '@tanstack/react-virtual';
import { MessagesSquare } from 'lucide-react';
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Link } from 'react-router';
import type { Chat } from '@/api/contracts.gen';
import { EmptyState } from '@/components/empty-state';
import { ErrorState } from '@/components/error-state';
import { ListSkeleton } from '@/components/skeleton';
import { moveFocus } from '@/lib/focus';
import { useWatchPresence } from '@/lib/presence';
import { useSettings } from '@/lib/settings-store';
import { strings } from '@/lib/strings';
import { useChats, useSortedChats } from '@/lib/use-chats';
import { useNow } from '@/lib/use-now';
import { ConversationRow } from './conversation-row';
import { ListHeader, type ListFilter } from './list-header';

const rowHeights = { cosy: 60, compact: 40 };

function keeps(filter: ListFilter, chat: Chat, activeId: string | undefined): boolean {
  if (filter === 'archived') return chat.archived;
  if (chat.archived) return chat.id === activeId;
  if (filter === 'unread') return (chat.me?.unread ?? 0) > 0 || chat.id === activeId;
  if (filter === 'direct') return chat.kind === 'direct';
  if (filter === 'assistants') return chat.kind === 'assistant';
  return filter === 'all' || chat.kind === 'group';
}

export function ConversationList({ activeId }: { activeId: string | undefined }) {
  const { isPending, isError, error, refetch } = useChats();
  const chats = useSortedChats();
  const [filter, setFilter] = useState<ListFilter>('all');
  const shown = useMemo(() => chats.filter((chat) => keeps(filter, chat, activeId)), [chats, filter, activeId]);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <ListHeader filter={filter} onFilter={setFilter} />
      {isPending && <ListSkeleton />}
      {isError && chats.length === 0 && <ErrorState title={strings.list.failed} error={error} onRetry={() => void refetch()} />}
      {!isPending && !isError && shown.length === 0 && <NoChats filter={filter} />}
      {shown.length > 0 && <Rows chats={shown} activeId={activeId} />}
    </div>
  );
}

function NoChats({ filter }: { filter: ListFilter }) {
  const text = filter === 'all' ? strings.list.emptyText : strings.list.emptyFilter;
  return (
    <EmptyState
      picture={<MessagesSquare size={32} strokeWidth={1.5} aria-hidden />}
      title={filter === 'all' ? strings.list.emptyTitle : strings.list.emptyFilterTitle}
      text={text}
      action={filter === 'all' && (
        <Link to="/new/room" className="inline-flex h-9 items-center rounded-sm bg-accent px-4 font-medium text-accent-ink hover:bg-accent-hover pointer-coarse:h-11">
          {strings.list.startRoom}
        </Link>
      )}
    />
  );
}

function Rows({ chats, activeId }: { chats: Chat[]; activeId: string | undefined }) {
  const scroller = useRef<HTMLElement>(null);
  const now = useNow(60_000);
  const density = useSettings((state) => state.density);
  const virtualizer = useVirtualizer({
    count: chats.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeights[density],
    getItemKey: (index) => chats[index]?.id ?? index,
    overscan: 6,
    gap: 2,
    paddingEnd: 12,
  });
  useEffect(() => virtualizer.measure(), [density, virtualizer]);
  const items = virtualizer.getVirtualItems();
  useWatchPresence(items.flatMap((item) => chats[item.index]?.peer?.id ?? []));
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    moveFocus(event.currentTarget, '[data-row]', by);
  };
  return (
    <nav ref={scroller} aria-label={strings.list.label} onKeyDown={onKeyDown} className="min-h-0 flex-1 overflow-y-auto px-2">
      <ul className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const chat = chats[item.index];
          if (!chat) return null;
          return (
            <li key={item.key} className="absolute inset-x-0 top-0" style={{ height: item.size, transform: `translateY(${item.start}px)` }}>
              <ConversationRow chat={chat} now={now} active={chat.id === activeId} />
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

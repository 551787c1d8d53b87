import { useQuery } from '@tanstack/react-query';
import { Hash } from 'lucide-react';
import { useDeferredValue, useMemo, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { joinChat, listPublicChats } from '@/api/chats';
import type { Chat } from '@/api/contracts.gen';
import { keys, queryClient } from '@/api/query-client';
import { RoomIcon } from '@/components/avatar';
import { Button } from '@/components/button';
import { EmptyState } from '@/components/empty-state';
import { ErrorState } from '@/components/error-state';
import { TextField } from '@/components/field';
import { showToast } from '@/components/floating/notices';
import { PageFrame } from '@/components/page-frame';
import { Segmented } from '@/components/segmented';
import { ListSkeleton } from '@/components/skeleton';
import { useSortedChats } from '@/features/chat/entry';
import { appStrings } from '@/i18n/app';
import { chatStrings } from '@/i18n/chat';
import { conversationsStrings } from '@/i18n/conversations';
import { roomsStrings } from '@/i18n/rooms';
import { errorText } from '@/lib/errors';

type Sort = 'name' | 'members';
const sorts = (['name', 'members'] as const).map((value) => ({ value, label: roomsStrings.rooms.sorts[value] }));
const byName = (a: Chat, b: Chat) => a.title.localeCompare(b.title, undefined, { numeric: true });
const orders = { name: byName, members: (a: Chat, b: Chat) => b.member_count - a.member_count || byName(a, b) };

export function RoomsPage() {
  const [text, setText] = useState('');
  const query = useDeferredValue(text.trim());
  const rooms = useQuery({ queryKey: keys.publicChats(query), queryFn: () => listPublicChats(query) });
  const [sort, setSort] = useState<Sort>('name');
  const sorted = useMemo(() => [...(rooms.data ?? [])].sort(orders[sort]), [rooms.data, sort]);
  const mine = new Set(useSortedChats().map((chat) => chat.id));
  return (
    <PageFrame title={appStrings.pages.rooms}>
      <div className="flex flex-wrap items-end gap-3">
        <TextField className="min-w-48 flex-1" label={roomsStrings.rooms.search} value={text} placeholder={roomsStrings.rooms.searchHint} onChange={(event) => setText(event.target.value)} />
        <Segmented label={roomsStrings.rooms.sort} value={sort} options={sorts} onChange={setSort} />
      </div>
      <div className="-mx-2 mt-3">
        {rooms.isPending && <ListSkeleton rows={5} />}
        {rooms.isError && <ErrorState title={roomsStrings.rooms.failed} error={rooms.error} onRetry={() => void rooms.refetch()} />}
        {rooms.data?.length === 0 && (
          <EmptyState
            picture={<Hash size={32} strokeWidth={1.5} aria-hidden />}
            title={query ? roomsStrings.rooms.noneFound(query) : roomsStrings.rooms.none}
            text={roomsStrings.rooms.noneText}
            action={<Link to="/new/room" className="inline-flex h-9 items-center rounded-sm bg-accent px-4 font-medium text-accent-ink hover:bg-accent-hover pointer-coarse:h-11">{conversationsStrings.startRoom}</Link>}
          />
        )}
        <ul aria-label={appStrings.pages.rooms}>
          {sorted.map((room) => <RoomRow key={room.id} room={room} isMine={mine.has(room.id)} />)}
        </ul>
      </div>
    </PageFrame>
  );
}

function RoomRow({ room, isMine }: { room: Chat; isMine: boolean }) {
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const join = async () => {
    setBusy(true);
    try {
      await joinChat(room.id);
      await queryClient.invalidateQueries({ queryKey: keys.chats });
      void navigate(`/c/${room.id}`);
    } catch (error) {
      showToast(errorText(error), 'bad');
      setBusy(false);
    }
  };
  return (
    <li className="flex min-h-15 items-center gap-3 rounded-md px-2 hover:bg-hover">
      <RoomIcon chat={room} size="large" />
      <Link to={`/c/${room.id}`} className="flex min-h-15 min-w-0 flex-1 flex-col justify-center rounded-sm">
        <span className="truncate font-medium" dir="auto">{room.title}</span>
        <span className="truncate text-small text-faint">{chatStrings.members(room.member_count)}</span>
      </Link>
      {isMine ? (
        <Link to={`/c/${room.id}`} data-slot="button-link" aria-label={roomsStrings.rooms.openNamed(room.title)} className="inline-flex h-8 shrink-0 items-center rounded-sm px-3 font-medium text-soft hover:bg-selected hover:text-ink pointer-coarse:h-11">{roomsStrings.rooms.open}</Link>
      ) : (
        <Button size="small" busy={busy} aria-label={roomsStrings.rooms.joinNamed(room.title)} onClick={() => void join()}>{roomsStrings.rooms.join}</Button>
      )}
    </li>
  );
}

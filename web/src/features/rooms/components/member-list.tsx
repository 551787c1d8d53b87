import { useVirtualizer } from '@tanstack/react-virtual';
import { UserPlus } from 'lucide-react';
import { useDeferredValue, useMemo, useRef, useState } from 'react';
import type { Chat } from '@/api/contracts.gen';
import { Button } from '@/components/button';
import { ErrorState } from '@/components/error-state';
import { inputClass } from '@/components/field';
import { ListSkeleton } from '@/components/skeleton';
import { useMe } from '@/features/auth/entry';
import { may, useMembers } from '@/features/chat/entry';
import { useAllPresence, useWatchPresence } from '@/features/presence/entry';
import { buildMembers } from '@/features/rooms/state/member-sections';
import { peopleStrings } from '@/i18n/people';
import { presenceStrings } from '@/i18n/presence';
import { roomsStrings } from '@/i18n/rooms';
import { useRemPixels } from '@/lib/hooks/use-media';
import { InviteDialog } from './invite-dialog';
import { MemberRow } from './member-row';

const rowRem = 3.25;
const headingRem = 2.25;

// The members of a room: who is there first, and a filter for many.
export function MemberList({ chat }: { chat: Chat }) {
  const me = useMe();
  const { data, isPending, error, refetch } = useMembers(chat.id);
  const [inviting, setInviting] = useState(false);
  const [text, setText] = useState('');
  const query = useDeferredValue(text);
  const presence = useAllPresence();
  const scroller = useRef<HTMLDivElement>(null);
  const { rem } = useRemPixels();
  useWatchPresence(useMemo(() => (data ?? []).map((member) => member.user.id), [data]));
  const items = useMemo(() => buildMembers(data ?? [], presence, query), [data, presence, query]);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => rem * (items[index]?.kind === 'heading' ? headingRem : rowRem),
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: 8,
  });
  if (isPending) return <ListSkeleton rows={4} />;
  if (error) return <ErrorState title={roomsStrings.members.failed} error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <div className="flex shrink-0 flex-col gap-2 px-5 pt-4 pb-2">
        {may(chat, 'invite') && (
          <Button onClick={() => setInviting(true)}>
            <UserPlus size={16} aria-hidden /> {roomsStrings.members.invite}
          </Button>
        )}
        <input
          type="search"
          aria-label={roomsStrings.members.find}
          placeholder={roomsStrings.members.find}
          value={text}
          onChange={(event) => setText(event.target.value)}
          className={`${inputClass} h-9 pointer-coarse:h-11`}
        />
      </div>
      <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
        {items.length === 0 && <p className="px-3 py-8 text-center text-faint">{peopleStrings.nobodyFound(query.trim())}</p>}
        <ul aria-label={roomsStrings.members.title} className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map(({ key, index, size, start }) => {
            const item = items[index];
            if (!item) return null;
            return (
              <li key={key} className="absolute inset-x-0 top-0" style={{ height: size, transform: `translateY(${start}px)` }}>
                {item.kind === 'heading' ? (
                  <h3 className="flex h-full items-end px-3 pb-1 text-small font-medium text-faint">
                    {item.there ? presenceStrings.online : presenceStrings.offline}
                    <span className="tabular ps-1.5 font-normal">{item.count}</span>
                  </h3>
                ) : (
                  <MemberRow chat={chat} member={item.member} isMe={item.member.user.id === me.id} />
                )}
              </li>
            );
          })}
        </ul>
      </div>
      {inviting && <InviteDialog chat={chat} members={data} onClose={() => setInviting(false)} />}
    </>
  );
}

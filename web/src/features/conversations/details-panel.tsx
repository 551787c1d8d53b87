import { LogOut, Settings2, UserPlus, X } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import type { Chat, Member } from '@/api/contracts.gen';
import { Button } from '@/components/button';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { ErrorState } from '@/components/error-state';
import { IconButton } from '@/components/icon-button';
import { ListSkeleton } from '@/components/skeleton';
import { leaveRoom } from '@/lib/chat-actions';
import { useWatchPresence } from '@/lib/presence';
import { useMe } from '@/lib/session';
import { strings } from '@/lib/strings';
import { mayManage, useMembers } from '@/lib/use-chats';
import { useIsNarrow } from '@/lib/use-media';
import { InviteDialog } from './invite-dialog';
import { MemberRow } from './member-row';
import { RoomSettings } from './room-settings';

interface DetailsPanelProps {
  chat: Chat;
  panel: string;
  // How the chat's assistant is set, in its settings.
  assistant?: ReactNode;
  onClose: () => void;
}

export function DetailsPanel({ chat, panel, assistant, onClose }: DetailsPanelProps) {
  const isSettings = panel === 'settings' && mayManage(chat);
  const settingsTitle = chat.kind === 'assistant' ? strings.room.assistantTitle : strings.room.title;
  return (
    <section
      aria-label={strings.conversation.details}
      onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && onClose()}
      className="flex h-full min-h-0 flex-col bg-surface"
    >
      <header className="flex h-14 shrink-0 items-center justify-between border-b border-line ps-5 pe-2">
        <h2 className="text-read font-bold">{isSettings ? settingsTitle : strings.members.title}</h2>
        <IconButton icon={X} label={strings.common.close} onClick={onClose} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {isSettings ? <RoomSettings key={chat.id} chat={chat} assistant={assistant} /> : <Members chat={chat} />}
      </div>
    </section>
  );
}

const rank = { owner: 0, admin: 1, member: 2 };

function Members({ chat }: { chat: Chat }) {
  const me = useMe();
  const navigate = useNavigate();
  const { data, isPending, error, refetch } = useMembers(chat.id);
  const narrow = useIsNarrow();
  const [, setParams] = useSearchParams();
  const [inviting, setInviting] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const members = useMemo(() => sorted(data ?? []), [data]);
  useWatchPresence(useMemo(() => members.map((member) => member.user.id), [members]));
  const isRoom = chat.kind !== 'direct';
  const leave = async () => {
    await leaveRoom(chat.id);
    void navigate('/');
  };
  if (isPending) return <ListSkeleton rows={4} />;
  if (error) return <ErrorState title={strings.members.failed} error={error} onRetry={() => void refetch()} />;
  return (
    <>
      {isRoom && mayManage(chat) && (
        <div className="flex gap-2 px-5 pt-4 pb-1">
          <Button className="flex-1" onClick={() => setInviting(true)}>
            <UserPlus size={16} aria-hidden /> {strings.members.invite}
          </Button>
          {narrow && (
            <IconButton icon={Settings2} label={strings.conversation.settings} className="border border-line bg-raised" onClick={() => setParams({ panel: 'settings' }, { replace: true })} />
          )}
        </div>
      )}
      <ul aria-label={strings.members.title} className="px-2 py-2">
        {members.map((member) => (
          <MemberRow key={member.user.id} chat={chat} member={member} isMe={member.user.id === me.id} />
        ))}
      </ul>
      {isRoom && chat.me?.role !== 'owner' && (
        <div className="border-t border-line px-5 py-4">
          <Button variant="quiet_danger" className="w-full" onClick={() => setLeaving(true)}>
            <LogOut size={16} aria-hidden /> {strings.members.leave}
          </Button>
        </div>
      )}
      {inviting && <InviteDialog chat={chat} members={members} onClose={() => setInviting(false)} />}
      {leaving && (
        <ConfirmDialog
          title={strings.members.leaveTitle(chat.title)}
          text={strings.members.leaveText(chat.visibility)}
          action={strings.members.leave}
          danger
          onConfirm={leave}
          onClose={() => setLeaving(false)}
        />
      )}
    </>
  );
}

function sorted(members: Member[]): Member[] {
  return [...members].sort(
    (a, b) => rank[a.role] - rank[b.role] || a.user.display_name.localeCompare(b.user.display_name),
  );
}

import { Crown, Ellipsis, MessageCircle, ShieldCheck, ShieldOff, UserMinus } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { putMember, removeMember } from '@/api/chats';
import type { Chat, Member } from '@/api/contracts.gen';
import { keys, queryClient } from '@/api/query-client';
import { ConfirmDialog } from '@/components/floating/confirm-dialog';
import { Menu, type MenuItem } from '@/components/floating/menu';
import { showToast } from '@/components/floating/notices';
import { may, openDirectChat, refetchChat } from '@/features/chat/entry';
import { PersonCard } from '@/features/people/entry';
import { PersonAvatar } from '@/features/presence/entry';
import { peopleStrings } from '@/i18n/people';
import { roomsStrings } from '@/i18n/rooms';
import { errorText } from '@/lib/errors';

interface MemberRowProps {
  chat: Chat;
  member: Member;
  isMe: boolean;
}

export function MemberRow({ chat, member, isMe }: MemberRowProps) {
  const [asking, setAsking] = useState<'remove' | 'hand_over' | null>(null);
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const { user, role } = member;
  const refresh = () => queryClient.invalidateQueries({ queryKey: keys.members(chat.id) });
  const setRole = (next: 'admin' | 'member') => {
    putMember(chat.id, user.id, next).then(refresh, (error: unknown) => showToast(errorText(error), 'bad'));
  };
  const handOver = async () => {
    await putMember(chat.id, user.id, 'owner');
    showToast(roomsStrings.members.madeOwner(user.display_name));
    refetchChat(chat.id);
    await refresh();
  };
  const message = () => {
    openDirectChat(user.id).then(
      (chatId) => void navigate(`/c/${chatId}`),
      (error: unknown) => showToast(errorText(error), 'bad'),
    );
  };
  const items: MenuItem[] = [];
  if (!isMe && chat.kind !== 'direct') {
    items.push({ label: peopleStrings.message, icon: MessageCircle, onSelect: message });
  }
  if (!isMe && may(chat, 'change_roles') && role !== 'owner') {
    const promote = role === 'member';
    items.push({
      label: promote ? roomsStrings.members.makeAdmin : roomsStrings.members.makeMember,
      icon: promote ? ShieldCheck : ShieldOff,
      onSelect: () => setRole(promote ? 'admin' : 'member'),
    });
  }
  // Admins remove plain members only.
  if (!isMe && may(chat, 'remove') && (role === 'member' || (role === 'admin' && may(chat, 'change_roles')))) {
    items.push({ label: roomsStrings.members.remove, icon: UserMinus, danger: true, onSelect: () => setAsking('remove') });
  }
  if (!isMe && chat.kind === 'group' && may(chat, 'change_roles')) {
    items.splice(-1, 0, { label: roomsStrings.members.makeOwner, icon: Crown, onSelect: () => setAsking('hand_over') });
  }
  return (
    <div className="flex h-full items-center gap-1 rounded-md pe-1 hover:bg-hover">
      <button type="button" onClick={() => setOpen(true)} className="flex h-full min-w-0 flex-1 items-center gap-3 rounded-md px-3 text-start outline-offset-[-2px]">
        <PersonAvatar id={user.id} name={user.display_name} />
        <span className="flex min-w-0 flex-1 flex-col">
          <span className="truncate font-medium" dir="auto">
            {user.display_name} {isMe && <span className="font-normal text-faint">{roomsStrings.members.you}</span>}
          </span>
          <span className="truncate text-small text-faint">@{user.username}</span>
        </span>
        {role !== 'member' && chat.kind !== 'direct' && <span className="text-small text-soft">{roomsStrings.members.roles[role]}</span>}
      </button>
      {items.length > 0 && <Menu icon={Ellipsis} size="small" label={roomsStrings.members.actionsFor(user.display_name)} items={items} />}
      {asking === 'hand_over' && (
        <ConfirmDialog
          title={roomsStrings.members.makeOwnerTitle(user.display_name)}
          text={roomsStrings.members.makeOwnerText}
          action={roomsStrings.members.makeOwnerAction}
          onConfirm={handOver}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'remove' && (
        <ConfirmDialog
          title={roomsStrings.members.removeTitle(user.display_name)}
          text={roomsStrings.members.removeText}
          action={roomsStrings.members.remove}
          danger
          onConfirm={() => removeMember(chat.id, user.id).then(refresh)}
          onClose={() => setAsking(null)}
        />
      )}
      {open && <PersonCard member={member} isMe={isMe} onClose={() => setOpen(false)} />}
    </div>
  );
}

import { MessageCircle } from 'lucide-react';
import { useNavigate } from 'react-router';
import type { Member } from '@/api/contracts.gen';
import { Button } from '@/components/button';
import { Dialog } from '@/components/floating/dialog';
import { showToast } from '@/components/floating/notices';
import { openDirectChat } from '@/features/chat/entry';
import { PersonAvatar } from '@/features/presence/entry';
import { peopleStrings } from '@/i18n/people';
import { roomsStrings } from '@/i18n/rooms';
import { errorText } from '@/lib/errors';
import { longDate } from '@/lib/time';

// Who somebody is, and the way to write to them.
export function PersonCard({ member, isMe, onClose }: { member: Member; isMe: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const { user, role } = member;
  const message = () => {
    onClose();
    openDirectChat(user.id).then(
      (chatId) => void navigate(`/c/${chatId}`),
      (error: unknown) => showToast(errorText(error), 'bad'),
    );
  };
  return (
    <Dialog title={roomsStrings.members.card} onClose={onClose}>
      <div className="flex items-center gap-4">
        <PersonAvatar id={user.id} name={user.display_name} size="huge" />
        <div className="min-w-0">
          <p className="text-title font-bold wrap-anywhere" dir="auto">{user.display_name}</p>
          <p className="text-faint wrap-anywhere">@{user.username}</p>
        </div>
      </div>
      <p className="mt-4 text-soft">{roomsStrings.members.here(roomsStrings.members.roles[role], longDate(member.joined_at))}</p>
      {!isMe && (
        <div className="mt-5 flex justify-end">
          <Button variant="primary" data-autofocus onClick={message}>
            <MessageCircle size={16} aria-hidden /> {peopleStrings.message}
          </Button>
        </div>
      )}
    </Dialog>
  );
}

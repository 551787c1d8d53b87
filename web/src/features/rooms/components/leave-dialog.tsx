import { useNavigate } from 'react-router';
import type { Chat } from '@/api/contracts.gen';
import { ConfirmDialog } from '@/components/floating/confirm-dialog';
import { leaveRoom } from '@/features/chat/entry';
import { roomsStrings } from '@/i18n/rooms';

// Asks before a room is left, and goes home after it.
export function LeaveDialog({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const navigate = useNavigate();
  const leave = async () => {
    await leaveRoom(chat.id);
    void navigate('/');
  };
  return (
    <ConfirmDialog
      title={roomsStrings.members.leaveTitle(chat.title)}
      text={roomsStrings.members.leaveText(chat.visibility, chat.member_count)}
      action={roomsStrings.members.leave}
      danger
      onConfirm={leave}
      onClose={onClose}
    />
  );
}

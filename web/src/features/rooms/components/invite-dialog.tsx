import { useMemo, useState } from 'react';
import { putMember } from '@/api/chats';
import type { Chat, Member, PublicUser } from '@/api/contracts.gen';
import { keys, queryClient } from '@/api/query-client';
import { Button } from '@/components/button';
import { Dialog } from '@/components/floating/dialog';
import { FormError } from '@/components/form-error';
import { refetchChat } from '@/features/chat/entry';
import { PeoplePicker } from '@/features/people/entry';
import { basicStrings } from '@/i18n/basics';
import { roomsStrings } from '@/i18n/rooms';
import { errorText } from '@/lib/errors';

interface InviteDialogProps {
  chat: Chat;
  members: Member[];
  onClose: () => void;
}

export function InviteDialog({ chat, members, onClose }: InviteDialogProps) {
  const [chosen, setChosen] = useState<PublicUser[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const exclude = useMemo(() => new Set(members.map((member) => member.user.id)), [members]);
  const invite = async () => {
    setBusy(true);
    try {
      for (const user of chosen) await putMember(chat.id, user.id, 'member');
      onClose();
    } catch (failure) {
      setError(errorText(failure));
      setBusy(false);
    } finally {
      void queryClient.invalidateQueries({ queryKey: keys.members(chat.id) });
      refetchChat(chat.id);
    }
  };
  return (
    <Dialog title={roomsStrings.members.inviteTitle(chat.title)} onClose={onClose}>
      <div className="flex flex-col gap-4">
        <PeoplePicker label={roomsStrings.members.invitePeople} chosen={chosen} exclude={exclude} onChange={setChosen} />
        <FormError text={error} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{basicStrings.words.cancel}</Button>
          <Button variant="primary" disabled={chosen.length === 0} busy={busy} onClick={() => void invite()}>
            {roomsStrings.members.inviteCount(chosen.length)}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

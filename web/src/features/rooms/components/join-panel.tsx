import { useState } from 'react';
import { joinChat } from '@/api/chats';
import type { Chat } from '@/api/contracts.gen';
import { keys, queryClient } from '@/api/query-client';
import { RoomIcon } from '@/components/avatar';
import { Button } from '@/components/button';
import { EmptyState } from '@/components/empty-state';
import { showToast } from '@/components/floating/notices';
import { roomsStrings } from '@/i18n/rooms';
import { errorText } from '@/lib/errors';

// In the place of a public room's messages, which only members read.
export function JoinPanel({ chat }: { chat: Chat }) {
  const [busy, setBusy] = useState(false);
  const join = async () => {
    setBusy(true);
    try {
      await joinChat(chat.id);
      await queryClient.invalidateQueries({ queryKey: keys.chats });
    } catch (error) {
      showToast(errorText(error), 'bad');
      setBusy(false);
    }
  };
  return (
    <EmptyState
      picture={<RoomIcon chat={chat} size="large" />}
      title={chat.title}
      text={roomsStrings.rooms.looking}
      action={<Button variant="primary" busy={busy} onClick={() => void join()}>{roomsStrings.rooms.join}</Button>}
    />
  );
}

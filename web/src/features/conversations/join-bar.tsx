import { useState } from 'react';
import { joinChat } from '@/api/chats';
import type { Chat } from '@/api/contracts.gen';
import { Button } from '@/components/button';
import { errorText } from '@/lib/errors';
import { keys, queryClient } from '@/lib/query-client';
import { strings } from '@/lib/strings';
import { showToast } from '@/lib/ui-store';

// In the composer's place of a public room that one reads before joining.
export function JoinBar({ chat }: { chat: Chat }) {
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
    <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line bg-sunken px-5 py-3">
      <p className="text-soft">{strings.rooms.looking}</p>
      <Button variant="primary" busy={busy} onClick={() => void join()}>{strings.rooms.join}</Button>
    </div>
  );
}

import { Globe, Link2, Lock, LogOut, UsersRound } from 'lucide-react';
import { useState } from 'react';
import type { Chat } from '@/api/contracts.gen';
import { RoomIcon } from '@/components/avatar';
import { Button } from '@/components/button';
import { showToast } from '@/components/floating/notices';
import { may, titleOf } from '@/features/chat/entry';
import { PersonAvatar } from '@/features/presence/entry';
import { chatStrings } from '@/i18n/chat';
import { messagesStrings } from '@/i18n/messages';
import { roomsStrings } from '@/i18n/rooms';
import { copyText } from '@/lib/clipboard';
import { longDate } from '@/lib/time';
import { LeaveDialog } from './leave-dialog';

function copyAddress(chatId: string): void {
  copyText(`${location.origin}/c/${chatId}`).then(() => showToast(messagesStrings.linkCopied), () => showToast(messagesStrings.copyFailed, 'bad'));
}

// What a chat is: its whole name, who can see it, since when it is there.
export function AboutChat({ chat }: { chat: Chat }) {
  const [leaving, setLeaving] = useState(false);
  const title = titleOf(chat);
  const { peer } = chat;
  const Icon = chat.visibility === 'public' ? Globe : Lock;
  return (
    <div className="flex flex-col gap-5 px-5 py-5">
      <div className="flex flex-col items-start gap-3">
        {peer ? <PersonAvatar id={peer.id} name={title} size="huge" /> : <RoomIcon chat={chat} size="large" />}
        <div className="min-w-0 max-w-full">
          <p className="text-title font-bold wrap-anywhere" dir="auto">{title}</p>
          {peer && <p className="text-faint wrap-anywhere">@{peer.username}</p>}
        </div>
      </div>
      <ul className="flex flex-col gap-2.5 text-soft">
        {!peer && <Fact icon={Icon} text={roomsStrings.room.visibilityHint[chat.visibility === 'public' ? 'public' : 'private']} />}
        {!peer && <Fact icon={UsersRound} text={chatStrings.members(chat.member_count)} />}
      </ul>
      <p className="text-small text-faint">
        {peer ? chatStrings.directSince(longDate(chat.created_at)) : chatStrings.roomSince(longDate(chat.created_at))}
        {chat.archived && ` ${chatStrings.archived}`}
      </p>
      <div className="flex flex-col gap-2 border-t border-line pt-5">
        <Button onClick={() => copyAddress(chat.id)}>
          <Link2 size={16} aria-hidden /> {messagesStrings.copyLink}
        </Button>
        {chat.kind === 'group' && may(chat, 'leave') && (
          <Button variant="quiet_danger" onClick={() => setLeaving(true)}>
            <LogOut size={16} aria-hidden /> {roomsStrings.members.leave}
          </Button>
        )}
      </div>
      {leaving && <LeaveDialog chat={chat} onClose={() => setLeaving(false)} />}
    </div>
  );
}

function Fact({ icon: Icon, text }: { icon: typeof Lock; text: string }) {
  return (
    <li className="flex gap-3">
      <Icon size={16} aria-hidden className="mt-0.5 shrink-0 text-faint" /> <span className="min-w-0">{text}</span>
    </li>
  );
}

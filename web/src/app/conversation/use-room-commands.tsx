import { useMemo, useState, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { changeChat, putMember } from '@/api/chats';
import type { Chat } from '@/api/contracts.gen';
import { searchUsers } from '@/api/people';
import { keys, queryClient } from '@/api/query-client';
import { showToast } from '@/components/floating/notices';
import { refetchChat, upsertChat } from '@/features/chat/state/chat-cache';
import { may, useMembers } from '@/features/chat/state/use-chats';
import type { Command } from '@/features/composer/state/commands';
import { InviteDialog } from '@/features/rooms/components/invite-dialog';
import { LeaveDialog } from '@/features/rooms/components/leave-dialog';
import { composerStrings } from '@/i18n/composer';
import { peopleStrings } from '@/i18n/people';
import { roomsStrings } from '@/i18n/rooms';
import { errorText } from '@/lib/errors';
import { nameOf } from '@/lib/names';

// Invites people by their user names; the first unknown one ends it, before anybody is invited.
async function inviteByName(chatId: string, argument: string): Promise<string> {
  const names = argument.split(/[\s,]+/).map((name) => name.replace(/^@/, '').toLowerCase());
  const users = await Promise.all(names.filter(Boolean).map(async (name) => {
    const user = (await searchUsers(name)).find((other) => other.username === name);
    if (!user) throw new UnknownName(name);
    return user;
  }));
  for (const user of users) await putMember(chatId, user.id, 'member');
  void queryClient.invalidateQueries({ queryKey: keys.members(chatId) });
  refetchChat(chatId);
  return composerStrings.commands.invited(users.map(nameOf).join(', '));
}

class UnknownName extends Error {}

function say(work: Promise<string>): void {
  work.then(
    (done) => showToast(done),
    (error: unknown) => showToast(error instanceof UnknownName ? peopleStrings.nobodyFound(error.message) : errorText(error), 'bad'),
  );
}

// The slash commands of a room, as far as one may use them, and the dialogs that they open.
export function useRoomCommands(chat: Chat): { commands: readonly Command[]; dialogs: ReactNode } {
  const [, setParams] = useSearchParams();
  const { data: members } = useMembers(chat.id);
  const [dialog, setDialog] = useState<'invite' | 'leave' | null>(null);
  const invites = may(chat, 'invite');
  const manages = may(chat, 'change');
  const leaves = may(chat, 'leave');
  const { id, kind } = chat;
  const commands = useMemo(() => {
    const texts = composerStrings.commands;
    const known: Command[] = [];
    if (kind !== 'group') return known;
    if (invites) known.push({ name: 'invite', ...texts.invite, run: (names) => (names ? say(inviteByName(id, names)) : setDialog('invite')) });
    if (manages) {
      const rename = (title: string) => changeChat(id, { title }).then(upsertChat).then(() => roomsStrings.room.renamed);
      known.push({ name: 'rename', ...texts.rename, run: (title) => (title ? say(rename(title)) : setParams({ panel: 'settings' })) });
    }
    if (leaves) known.push({ name: 'leave', argument: null, ...texts.leave, run: () => setDialog('leave') });
    return known;
  }, [id, invites, kind, leaves, manages, setParams]);
  const close = () => setDialog(null);
  const dialogs = (
    <>
      {dialog === 'invite' && <InviteDialog chat={chat} members={members ?? []} onClose={close} />}
      {dialog === 'leave' && <LeaveDialog chat={chat} onClose={close} />}
    </>
  );
  return { commands, dialogs };
}

import { ChevronLeft, PanelRight, Settings2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Chat } from '@/api/contracts.gen';
import { RoomIcon } from '@/components/avatar';
import { IconButton } from '@/components/icon-button';
import { PersonAvatar } from '@/components/person-avatar';
import { strings } from '@/lib/strings';
import { mayManage, titleOf } from '@/lib/use-chats';
import { useIsNarrow } from '@/lib/use-media';

interface ConversationHeaderProps {
  chat: Chat;
  isMember: boolean;
  panel: string | null;
  onPanel: (panel: string | null) => void;
  // Words about the other person of a direct chat.
  presence: (userId: string) => ReactNode;
  // Words about the assistant of a chat with one.
  assistant?: ReactNode;
}

export function ConversationHeader({ chat, isMember, panel, onPanel, presence, assistant }: ConversationHeaderProps) {
  const narrow = useIsNarrow();
  const title = titleOf(chat);
  const aboutOf = () => {
    if (chat.peer) return presence(chat.peer.id);
    if (chat.kind === 'assistant') return assistant;
    return strings.conversation.about(chat.visibility, chat.member_count, chat.archived);
  };
  return (
    <header className="flex h-14 shrink-0 items-center gap-3 border-b border-line px-3 md:px-5">
      {narrow && (
        <Link to="/" aria-label={strings.conversation.back} className="-ms-2 inline-flex size-11 items-center justify-center rounded-sm text-soft hover:bg-hover">
          <ChevronLeft size={22} aria-hidden />
        </Link>
      )}
      {chat.peer ? <PersonAvatar id={chat.peer.id} name={title} /> : <RoomIcon chat={chat} />}
      <div className="flex min-w-0 flex-1 flex-col">
        <h1 className="truncate text-read leading-5 font-bold"><bdi>{title}</bdi></h1>
        <p className="truncate text-small text-faint">
          {aboutOf()}
        </p>
      </div>
      {isMember && (!narrow || chat.kind === 'assistant') && chat.kind !== 'direct' && mayManage(chat) && (
        <IconButton
          icon={Settings2}
          label={chat.kind === 'assistant' ? strings.assistant.settings : strings.conversation.settings}
          pressed={panel === 'settings'}
          tipSide="bottom"
          onClick={() => onPanel(panel === 'settings' ? null : 'settings')}
        />
      )}
      {isMember && chat.kind !== 'assistant' && (
        <IconButton
          icon={PanelRight}
          label={strings.conversation.details}
          pressed={panel === 'members'}
          tipSide="bottom"
          onClick={() => onPanel(panel === 'members' ? null : 'members')}
        />
      )}
    </header>
  );
}

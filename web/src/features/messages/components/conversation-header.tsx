import { ChevronLeft, PanelRight, Settings2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { Chat } from '@/api/contracts.gen';
import { RoomIcon } from '@/components/avatar';
import { Handle } from '@/components/handle';
import { IconButton } from '@/components/icon-button';
import { titleOf } from '@/features/chat/entry';
import { PersonAvatar } from '@/features/presence/entry';
import { assistantStrings } from '@/i18n/assistant';
import { chatStrings } from '@/i18n/chat';
import { useIsNarrow } from '@/lib/hooks/use-media';

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

// The title is the way to all about the chat.
export function ConversationHeader({ chat, isMember, panel, onPanel, presence, assistant }: ConversationHeaderProps) {
  const narrow = useIsNarrow();
  const title = titleOf(chat);
  const isAssistant = chat.kind === 'assistant';
  const aboutOf = () => {
    if (chat.peer) return presence(chat.peer.id);
    if (isAssistant) return assistant;
    return chatStrings.about(chat.visibility, chat.member_count, chat.archived);
  };
  const toggle = () => onPanel(panel ? null : isAssistant ? 'settings' : 'about');
  const words = (
    <>
      {chat.peer ? <PersonAvatar id={chat.peer.id} name={title} /> : <RoomIcon chat={chat} />}
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex min-w-0 items-baseline gap-1.5 text-read leading-5 font-bold">
          <bdi className="truncate">{title}</bdi>
          <Handle of={chat.peer} />
        </span>
        <span className="truncate text-small text-faint">{aboutOf()}</span>
      </span>
    </>
  );
  return (
    <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-3 md:px-5">
      {narrow && (
        <Link to="/" aria-label={chatStrings.back} className="-ms-2 inline-flex size-11 shrink-0 items-center justify-center rounded-sm text-soft hover:bg-hover">
          <ChevronLeft size={22} aria-hidden />
        </Link>
      )}
      <h1 className="min-w-0 flex-1">
        {isMember ? (
          <button
            type="button"
            aria-expanded={panel !== null}
            onClick={toggle}
            className="-mx-2 flex max-w-full min-w-0 items-center gap-3 rounded-sm px-2 py-1 text-start outline-offset-[-2px] transition-colors hover:bg-hover pointer-coarse:min-h-11"
          >
            {words}
          </button>
        ) : (
          <span className="flex min-w-0 items-center gap-3">{words}</span>
        )}
      </h1>
      {isMember && (
        <IconButton
          icon={isAssistant ? Settings2 : PanelRight}
          label={isAssistant ? assistantStrings.assistant.settings : chatStrings.details}
          pressed={panel !== null}
          tipSide="bottom"
          onClick={toggle}
        />
      )}
    </header>
  );
}

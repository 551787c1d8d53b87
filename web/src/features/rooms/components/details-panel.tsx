import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Chat } from '@/api/contracts.gen';
import { IconButton } from '@/components/icon-button';
import { Tabs } from '@/components/tabs';
import { may } from '@/features/chat/entry';
import { basicStrings } from '@/i18n/basics';
import { chatStrings } from '@/i18n/chat';
import { roomsStrings } from '@/i18n/rooms';
import { AboutChat } from './about-chat';
import { MemberList } from './member-list';
import { RoomSettings } from './room-settings';

export type Panel = 'about' | 'members' | 'settings';

interface DetailsPanelProps {
  chat: Chat;
  panel: string;
  // How the chat's assistant is set, in its settings.
  assistant?: ReactNode;
  onPanel: (panel: Panel) => void;
  onClose: () => void;
}

function partsOf(chat: Chat): Panel[] {
  if (chat.kind === 'assistant') return ['settings'];
  if (chat.kind === 'direct') return ['about'];
  return may(chat, 'change') ? ['about', 'members', 'settings'] : ['about', 'members'];
}

// All about a chat in one place.
export function DetailsPanel({ chat, panel, assistant, onPanel, onClose }: DetailsPanelProps) {
  const parts = partsOf(chat);
  const part = parts.find((known) => known === panel) ?? parts[0];
  return (
    <section
      aria-label={chatStrings.details}
      onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && onClose()}
      className="flex h-full min-h-0 flex-col bg-surface"
    >
      <header className="flex h-14 shrink-0 items-center justify-between gap-2 ps-5 pe-2">
        <h2 className="truncate text-read font-bold">
          {chat.kind === 'assistant' ? roomsStrings.room.assistantTitle : chat.kind === 'direct' ? chatStrings.aboutDirect : chatStrings.aboutRoom}
        </h2>
        <IconButton icon={X} label={basicStrings.words.close} data-close onClick={onClose} />
      </header>
      {parts.length > 1 && part ? (
        <Tabs label={chatStrings.details} value={part} tabs={parts.map((value) => ({ value, label: chatStrings.parts[value] }))} onChange={onPanel} />
      ) : (
        <div className="border-b border-line" />
      )}
      {part === 'members' && <MemberList chat={chat} />}
      {part !== 'members' && (
        <div className="min-h-0 flex-1 overflow-y-auto">
          {part === 'settings' ? <RoomSettings key={chat.id} chat={chat} assistant={assistant} /> : <AboutChat chat={chat} />}
        </div>
      )}
    </section>
  );
}

import { Copy, Ellipsis, Link2, Pencil, Reply, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Chat, Message } from '@/api/contracts.gen';
import { Menu, type MenuItem } from '@/components/floating/menu';
import { IconButton } from '@/components/icon-button';
import * as actions from '@/features/messages/state/message-actions';
import { assistantStrings } from '@/i18n/assistant';
import { basicStrings } from '@/i18n/basics';
import { messagesStrings } from '@/i18n/messages';

interface ActionBarProps {
  message: Message;
  chat: Chat;
  meId: string;
  canWrite: boolean;
  onDelete: (message: Message) => void;
  // A bar whose menu is open must stay although the pointer has left.
  onHold: (held: boolean) => void;
}

export function menuItems(message: Message, chat: Chat, meId: string, onDelete: (message: Message) => void): MenuItem[] {
  const items: MenuItem[] = [
    { label: messagesStrings.copyLink, icon: Link2, onSelect: () => actions.copyLink(message) },
  ];
  if (actions.mayDelete(message, meId, chat)) {
    items.push({ label: messagesStrings.delete, icon: Trash2, keys: 'Del', danger: true, onSelect: () => onDelete(message) });
  }
  return items;
}

export function ActionBar({ message, chat, meId, canWrite, onDelete, onHold }: ActionBarProps) {
  const [menuOpen, setMenuOpen] = useState(false);
  const editLabel = actions.isLastQuestion(message, meId, chat) ? assistantStrings.answers.editAsk : messagesStrings.edit;
  const hold = (open: boolean) => {
    setMenuOpen(open);
    onHold(open);
  };
  return (
    <div
      role="toolbar"
      aria-label={messagesStrings.actions}
      data-menu-open={menuOpen || undefined}
      className="absolute -top-4 end-3 z-10 flex rounded-md border border-line bg-raised p-0.5"
    >
      {canWrite && chat.kind !== 'assistant' && (
        <IconButton icon={Reply} size="small" label={messagesStrings.reply} keys="R" onClick={() => actions.reply(message)} />
      )}
      {canWrite && actions.mayEdit(message, meId) && (
        <IconButton icon={Pencil} size="small" label={editLabel} keys="E" onClick={() => actions.edit(message)} />
      )}
      {message.sender.kind !== 'assistant' && (
        <IconButton icon={Copy} size="small" label={messagesStrings.copy} keys="C" onClick={() => actions.copy(message)} />
      )}
      <Menu
        icon={Ellipsis}
        size="small"
        label={basicStrings.words.more}
        items={menuItems(message, chat, meId, onDelete)}
        onOpenChange={hold}
      />
    </div>
  );
}

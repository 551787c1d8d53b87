import { Copy, Pencil, Reply } from 'lucide-react';
import { useRef } from 'react';
import type { Chat, Message } from '@/api/contracts.gen';
import { Dialog } from '@/components/floating/dialog';
import type { MenuItem } from '@/components/floating/menu';
import * as actions from '@/features/messages/state/message-actions';
import { assistantStrings } from '@/i18n/assistant';
import { messagesStrings } from '@/i18n/messages';
import { menuItems } from './action-bar';

interface ActionSheetProps {
  message: Message;
  chat: Chat;
  meId: string;
  canWrite: boolean;
  onDelete: (message: Message) => void;
  onClose: () => void;
}

// The actions of a message after a long press, in the reach of a thumb.
export function ActionSheet({ message, chat, meId, canWrite, onDelete, onClose }: ActionSheetProps) {
  // The finger that opened the sheet lifts over one of its buttons; only a press that began here counts.
  const armed = useRef(false);
  const items: MenuItem[] = [];
  if (canWrite && chat.kind !== 'assistant') items.push({ label: messagesStrings.reply, icon: Reply, onSelect: () => actions.reply(message) });
  if (canWrite && actions.mayEdit(message, meId)) {
    const label = actions.isLastQuestion(message, meId, chat) ? assistantStrings.answers.editAsk : messagesStrings.edit;
    items.push({ label, icon: Pencil, onSelect: () => actions.edit(message) });
  }
  items.push({ label: messagesStrings.copy, icon: Copy, onSelect: () => actions.copy(message) });
  items.push(...menuItems(message, chat, meId, onDelete));
  return (
    <Dialog title={messagesStrings.actions} onClose={onClose} shape="bare" className="mt-auto mb-2">
      <ul className="p-2" onPointerDown={() => (armed.current = true)}>
        {items.map(({ label, icon: Icon, danger, onSelect }) => (
          <li key={label}>
            <button
              type="button"
              onClick={(event) => {
                if (event.detail > 0 && !armed.current) return;
                onClose();
                setTimeout(onSelect);
              }}
              className={`flex h-12 w-full items-center gap-4 rounded-sm px-4 text-read hover:bg-hover ${danger ? 'text-bad' : ''}`}
            >
              {Icon && <Icon size={20} aria-hidden />}
              {label}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

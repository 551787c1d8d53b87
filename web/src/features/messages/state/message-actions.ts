import type { Chat, Message } from '@/api/contracts.gen';
import { showToast } from '@/components/floating/notices';
import { cachedWindow, may } from '@/features/chat/entry';
import { changeDraft } from '@/features/composer/entry';
import { setEditing } from '@/features/messages/state/editing';
import { messagesStrings } from '@/i18n/messages';
import { copyText } from '@/lib/clipboard';
import { focusComposer } from '@/lib/focus';

// What can be done to a message, the same from the action bar, the keyboard and a long press.

export const mayEdit = (message: Message, meId: string): boolean =>
  message.sender.id === meId && !message.deleted_at && message.sender.kind === 'person';

// The question that the assistant of a chat answered last, or answers now.
export function isLastQuestion(message: Message, meId: string, chat: Chat): boolean {
  if (chat.kind !== 'assistant' || !mayEdit(message, meId)) return false;
  const last = cachedWindow(chat.id)?.items.findLast((other) => other.sender.kind === 'person' && !other.deleted_at);
  return last?.id === message.id;
}

export const mayDelete = (message: Message, meId: string, chat: Chat): boolean =>
  !message.deleted_at && (message.sender.id === meId || may(chat, 'moderate'));

export function reply(message: Message): void {
  changeDraft(message.chat_id, { replyTo: message.id });
  focusComposer();
}

export function edit(message: Message): void {
  setEditing(message.chat_id, message.id);
}

export function copy(message: Message): void {
  copyText(message.text).then(
    () => showToast(messagesStrings.copied),
    () => showToast(messagesStrings.copyFailed, 'bad'),
  );
}

export function copyLink(message: Message): void {
  copyText(`${location.origin}/c/${message.chat_id}/m/${message.seq ?? ''}`).then(
    () => showToast(messagesStrings.linkCopied),
    () => showToast(messagesStrings.copyFailed, 'bad'),
  );
}

import { useState, type KeyboardEvent } from 'react';
import { editMessage } from '@/api/chats';
import { isTransient } from '@/api/client';
import type { Message } from '@/api/contracts.gen';
import { Button } from '@/components/button';
import { inputClass } from '@/components/field';
import { GrowingTextarea } from '@/components/growing-textarea';
import { editAndAsk } from '@/features/assistant/entry';
import { cachedChat, changeWindow, noteChangedMessage, replaceMessage } from '@/features/chat/entry';
import { setEditing } from '@/features/messages/state/editing';
import { useSettings } from '@/features/settings/entry';
import { assistantStrings } from '@/i18n/assistant';
import { basicStrings } from '@/i18n/basics';
import { composerStrings } from '@/i18n/composer';
import { messagesStrings } from '@/i18n/messages';
import { errorText } from '@/lib/errors';
import { focusComposer } from '@/lib/focus';
import { isTouch } from '@/lib/hooks/use-media';
import { makeClientId } from '@/lib/ids';
import { composerIntent, pressOf } from '@/lib/key-intent';
import { insideFence } from '@/lib/text-continuation';
import { charactersOver } from '@/lib/text-length';

// Edits a message where it stands; with `asks` it is a question, and is answered again. Escape leaves it as it was.
export function MessageEditor({ message, asks }: { message: Message; asks: boolean }) {
  const [text, setText] = useState(message.text);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  // Asked again after a lost answer, it is still one wish.
  const [wish, setWish] = useState(makeClientId);
  const enterSends = useSettings((state) => state.enterSends);

  const over = charactersOver(text, cachedChat(message.chat_id)?.text_characters_max);

  const close = () => {
    setEditing(message.chat_id, undefined);
    focusComposer();
  };
  const save = async () => {
    if (busy || over > 0 || text.trim() === '') return;
    if (text.trim() === message.text && !asks) return close();
    setBusy(true);
    try {
      if (asks) {
        await editAndAsk(message, text.trim(), wish);
        return close();
      }
      const saved = await editMessage(message.chat_id, message.id, text.trim());
      changeWindow(message.chat_id, (window) => replaceMessage(window, saved));
      noteChangedMessage(saved);
      close();
    } catch (failure) {
      setError(errorText(failure));
      if (!isTransient(failure)) setWish(makeClientId());
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    event.stopPropagation();
    const inFence = insideFence(text, event.currentTarget.selectionStart);
    const intent = composerIntent(pressOf(event), { empty: false, enterSends, touch: isTouch(), inFence });
    if (intent !== 'send' && intent !== 'cancel') return;
    event.preventDefault();
    if (intent === 'cancel') close();
    else void save();
  };
  return (
    <div data-slot="message-editor" className="flex flex-col gap-2 py-1">
      <GrowingTextarea
        autoFocus
        aria-label={messagesStrings.editLabel}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onFocus={(event) => event.target.setSelectionRange(text.length, text.length)}
        onKeyDown={onKeyDown}
        className={`${inputClass} max-h-[40dvh] resize-none py-2 text-read`}
      />
      {over > 0 && <p role="alert" className="text-small text-bad">{composerStrings.composer.tooLong(over)}</p>}
      {error && <p role="alert" className="text-small text-bad">{error}</p>}
      <div className="flex items-center gap-2">
        <Button size="small" variant="primary" busy={busy} disabled={over > 0} onClick={() => void save()}>{asks ? assistantStrings.answers.askAgain : basicStrings.words.save}</Button>
        <Button size="small" variant="ghost" onClick={close}>{basicStrings.words.cancel}</Button>
        <span className="text-small text-faint pointer-coarse:hidden">{asks ? assistantStrings.answers.editAskHint : messagesStrings.editHint}</span>
      </div>
    </div>
  );
}

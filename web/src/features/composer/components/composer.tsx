import { SendHorizontal, Square } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { Chat } from '@/api/contracts.gen';
import { EmojiButton } from '@/components/emoji/emoji-button';
import { GrowingTextarea } from '@/components/growing-textarea';
import { IconButton } from '@/components/icon-button';
import { readCommand, type Command, type Reading } from '@/features/composer/state/commands';
import { changeDraft, clearDraft, useDraft } from '@/features/composer/state/drafts-store';
import { sendMessage } from '@/features/composer/state/sender';
import { useTypingSignal } from '@/features/composer/state/use-typing-signal';
import { useSettings } from '@/features/settings/entry';
import { basicStrings } from '@/i18n/basics';
import { composerStrings } from '@/i18n/composer';
import { cn } from '@/lib/cn';
import { isTouch, useIsNarrow } from '@/lib/hooks/use-media';
import { composerIntent, pressOf } from '@/lib/key-intent';
import { continueLine, insideFence } from '@/lib/text-continuation';
import { charactersOver } from '@/lib/text-length';
import { writeInto } from '@/lib/write-into';
import { CommandNotice } from './command-notice';
import { CompletionPopup } from './completion-popup';
import { ReplyingTo } from './replying-to';
import type { Suggestion } from './suggestions';
import { useCompletion } from './use-completion';

interface ComposerProps {
  chat: Chat;
  title: string;
  commands: readonly Command[];
  onEditLast: () => void;
  // What is written is a question to the chat's assistant.
  asks?: boolean;
  // Ends the answer that runs for me here; null while none does.
  onStop?: (() => void) | null;
  // Others than the members who can be mentioned.
  extra?: readonly Suggestion[];
}

export function Composer({ chat, title, commands, onEditLast, asks = false, onStop = null, extra }: ComposerProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const draft = useDraft(chat.id);
  const narrow = useIsNarrow();
  const enterSends = useSettings((state) => state.enterSends);
  const signalTyping = useTypingSignal(chat.id);
  useEffect(() => {
    // Opening a chat is wanting to write; on touch screens it would only raise the keyboard.
    if (!isTouch() && !document.querySelector('dialog[open]')) area.current?.focus();
  }, []);
  const setText = (text: string) => changeDraft(chat.id, { text });
  const completion = useCompletion({ chatId: chat.id, text: draft.text, area, commands, extra, setText });
  const over = charactersOver(draft.text, chat.text_characters_max);
  const ready = draft.text.trim() !== '' && over === 0;
  // A command that was called and cannot be, while its text stands.
  const [refused, setRefused] = useState<{ text: string; reading: Reading } | null>(null);
  const notice = refused?.text === draft.text ? refused.reading : null;

  const sendText = () => {
    sendMessage(chat.id, draft.text.trim(), draft.replyTo, asks);
    clearDraft(chat.id);
    area.current?.focus();
  };
  const send = () => {
    if (!ready) return;
    const reading = readCommand(draft.text, commands);
    if (reading.kind === 'message') return sendText();
    if (reading.kind !== 'call') return setRefused({ text: draft.text, reading });
    reading.command.run(reading.argument);
    clearDraft(chat.id);
    area.current?.focus();
  };
  const breakLine = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const { selectionStart, selectionEnd } = event.currentTarget;
    const edit = selectionStart === selectionEnd ? continueLine(draft.text, selectionStart) : null;
    if (!edit) return event.shiftKey || !event.altKey ? undefined : event.preventDefault();
    event.preventDefault();
    writeInto(area.current, () => setText(edit.text), edit.caret);
  };
  const insert = (sign: string) => {
    const { selectionStart: from, selectionEnd: to } = area.current ?? { selectionStart: draft.text.length, selectionEnd: draft.text.length };
    writeInto(area.current, () => setText(draft.text.slice(0, from) + sign + draft.text.slice(to)), from + sign.length);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const press = pressOf(event);
    if (!press.composing && completion.onKey(press.key)) return event.preventDefault();
    const inFence = insideFence(draft.text, event.currentTarget.selectionStart);
    const intent = composerIntent(press, { empty: draft.text === '', enterSends, touch: isTouch(), inFence });
    if (intent === 'new_line') return breakLine(event);
    const stops = intent === 'cancel' && draft.replyTo === null && onStop !== null;
    if (stops) onStop();
    if (intent === 'none' || (intent === 'cancel' && draft.replyTo === null)) return;
    event.preventDefault();
    if (intent === 'send') send();
    if (intent === 'edit_last') onEditLast();
    if (intent === 'cancel') changeDraft(chat.id, { replyTo: null });
  };
  return (
    <div className={cn('relative mx-auto w-full shrink-0 px-3 md:px-5', asks ? 'max-w-column' : 'max-w-room')}>
      {completion.open && <CompletionPopup completion={completion} />}
      <div className="rounded-md border border-line-strong/60 bg-raised transition-colors focus-within:border-soft">
        {draft.replyTo && <ReplyingTo chatId={chat.id} messageId={draft.replyTo} />}
        <div className="flex items-end gap-1 p-1">
          <GrowingTextarea
            ref={area}
            data-composer
            aria-label={asks ? composerStrings.composer.askLabel : composerStrings.composer.label(title)}
            placeholder={asks ? composerStrings.composer.ask : narrow ? composerStrings.composer.short : composerStrings.composer.placeholder(title)}
            value={draft.text}
            enterKeyHint={isTouch() ? 'enter' : 'send'}
            onChange={(event) => {
              setText(event.target.value);
              signalTyping();
            }}
            onKeyDown={onKeyDown}
            onSelect={completion.onSelect}
            {...completion.aria}
            className="max-h-[40dvh] min-h-9 flex-1 resize-none bg-transparent px-2.5 placeholder:overflow-hidden placeholder:text-ellipsis placeholder:whitespace-nowrap py-1.5 text-read outline-none pointer-coarse:min-h-11 pointer-coarse:py-2.5"
          />
          <EmojiButton onPick={insert} onClose={() => area.current?.focus()} />
          {onStop && (
            <IconButton
              icon={Square}
              label={composerStrings.composer.stop}
              keys={basicStrings.keys.escape}
              onClick={onStop}
              className="bg-selected text-ink [&_svg]:size-3.5 [&_svg]:fill-current"
            />
          )}
          {(!onStop || ready) && (
            <IconButton
              icon={SendHorizontal}
              label={composerStrings.composer.send}
              keys={enterSends ? basicStrings.keys.enter : basicStrings.keys.controlEnter}
              disabled={!ready}
              onClick={send}
              className={cn(ready && 'bg-accent! text-accent-ink! hover:bg-accent-hover!')}
            />
          )}
        </div>
      </div>
      {notice && <CommandNotice reading={notice} commands={commands} onSend={sendText} />}
      {over > 0 && <p role="alert" className="pt-1 text-small text-bad">{composerStrings.composer.tooLong(over)}</p>}
    </div>
  );
}

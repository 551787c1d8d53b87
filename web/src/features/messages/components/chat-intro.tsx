import type { Chat } from '@/api/contracts.gen';
import { RoomIcon } from '@/components/avatar';
import { Button } from '@/components/button';
import { hasOlder, titleOf, type MessageWindow } from '@/features/chat/entry';
import { PersonAvatar } from '@/features/presence/entry';
import { assistantStrings } from '@/i18n/assistant';
import { basicStrings } from '@/i18n/basics';
import { messagesStrings } from '@/i18n/messages';
import { longDate } from '@/lib/time';

interface ChatIntroProps {
  chat: Chat;
  window: MessageWindow;
  failed: boolean;
  onRetry: () => void;
}

// What stands above the first message: the chat's beginning, or that more is on its way.
export function ChatIntro({ chat, window, failed, onRetry }: ChatIntroProps) {
  if (hasOlder(window)) {
    return (
      <div className="flex h-16 items-center justify-center gap-3 text-small text-faint">
        {failed ? messagesStrings.olderFailed : messagesStrings.loadingOlder}
        {failed && <Button size="small" onClick={onRetry}>{basicStrings.words.tryAgain}</Button>}
      </div>
    );
  }
  const title = titleOf(chat);
  if (chat.kind === 'assistant') {
    return <p className="px-3 pt-8 pb-1 text-center text-small text-balance text-faint md:px-5">{assistantStrings.assistant.intro(longDate(chat.created_at))}</p>;
  }
  return (
    <div className="flex flex-col items-start gap-1 px-3 pt-10 pb-4 md:px-5">
      {chat.peer ? <PersonAvatar id={chat.peer.id} name={title} size="huge" /> : <RoomIcon chat={chat} size="large" />}
      <h2 className="mt-2 text-title font-bold" dir="auto">{title}</h2>
      <p className="max-w-lg text-soft">
        {chat.peer ? messagesStrings.introDirect(title) : messagesStrings.introRoom(longDate(chat.created_at))}
      </p>
    </div>
  );
}

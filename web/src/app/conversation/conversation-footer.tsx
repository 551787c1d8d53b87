import { useCallback, useMemo } from 'react';
import type { Chat } from '@/api/contracts.gen';
import { AssistantIcon } from '@/components/avatar';
import { ModelMenu } from '@/features/assistant/components/model-menu';
import { stopAnswer } from '@/features/assistant/state/answer-actions';
import { useMyRunning } from '@/features/assistant/state/answers';
import { isAssistantOn } from '@/features/assistant/state/assistant';
import { useMe } from '@/features/auth/state/session';
import { TypingLine } from '@/features/chat/components/typing-line';
import { cachedWindow } from '@/features/chat/state/chat-cache';
import { titleOf } from '@/features/chat/state/use-chats';
import { Composer } from '@/features/composer/components/composer';
import type { Suggestion } from '@/features/composer/components/suggestions';
import { setEditing } from '@/features/messages/state/editing';
import { assistantStrings } from '@/i18n/assistant';
import { chatStrings } from '@/i18n/chat';
import { useRoomCommands } from './use-room-commands';

const mention: Suggestion = {
  id: 'assistant',
  picture: <AssistantIcon size="small" />,
  title: assistantStrings.answers.assistant,
  detail: assistantStrings.answers.mentionHint,
  text: `@${assistantStrings.answers.mention}`,
};
const nobody: readonly Suggestion[] = [];
const theAssistant: readonly Suggestion[] = [mention];

// The composer and the line below it, or why nobody can write.
export function ConversationFooter({ chat }: { chat: Chat }) {
  const me = useMe();
  const { commands, dialogs } = useRoomCommands(chat);
  const running = useMyRunning(chat.id, me.id);
  const stop = useCallback(() => void (running && stopAnswer(running)), [running]);
  const asks = chat.kind === 'assistant';
  const extra = useMemo(() => (!asks && isAssistantOn(chat) ? theAssistant : nobody), [asks, chat]);
  const editLast = () => {
    const own = cachedWindow(chat.id)?.items.findLast((message) => message.sender.id === me.id && !message.deleted_at);
    if (own) setEditing(chat.id, own.id);
  };
  if (chat.archived) return <p className="border-t border-line bg-sunken px-5 py-3 text-soft">{chatStrings.archived}</p>;
  return (
    <div className="safe-bottom shrink-0">
      <Composer
        chat={chat}
        title={titleOf(chat)}
        commands={commands}
        onEditLast={editLast}
        asks={asks}
        onStop={running ? stop : null}
        extra={extra}
      />
      {asks ? (
        <div className="mx-auto flex min-h-8 max-w-column items-center justify-between gap-3 px-3 md:px-5">
          <ModelMenu chat={chat} />
          <p className="truncate text-small text-faint">{assistantStrings.assistant.mistakes}</p>
        </div>
      ) : (
        <div className="mx-auto max-w-room px-3 md:px-5"><TypingLine chatId={chat.id} /></div>
      )}
      {dialogs}
    </div>
  );
}

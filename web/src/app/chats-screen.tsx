import { Link, useParams } from 'react-router';
import { ConversationScreen } from '@/app/conversation/conversation-screen';
import { EmptyState } from '@/components/empty-state';
import { Logo } from '@/components/logo';
import { useChats } from '@/features/chat/state/use-chats';
import { ConversationList } from '@/features/conversations/components/conversation-list';
import { chatStrings } from '@/i18n/chat';
import { conversationsStrings } from '@/i18n/conversations';
import { useIsNarrow } from '@/lib/hooks/use-media';
import { ResizableList } from './resizable-list';

// The list and the open chat side by side; on a phone one at a time.
export function ChatsScreen() {
  const { chatId, seq } = useParams();
  const narrow = useIsNarrow();
  // An address that names no number names no message.
  const targetSeq = seq === undefined ? null : /^\d{1,15}$/.test(seq) ? Number(seq) : 0;
  if (narrow) {
    if (chatId) return <ConversationScreen key={chatId} chatId={chatId} targetSeq={targetSeq} />;
    return <ConversationList activeId={undefined} />;
  }
  return (
    <div className="flex h-full min-h-0">
      <ResizableList>
        <ConversationList activeId={chatId} />
      </ResizableList>
      <div className="min-w-0 flex-1">
        {chatId ? (
          <ConversationScreen key={chatId} chatId={chatId} targetSeq={targetSeq} />
        ) : (
          <NothingOpen />
        )}
      </div>
    </div>
  );
}

function NothingOpen() {
  const { data: chats } = useChats();
  if (!chats) return null;
  if (chats.length > 0) {
    return <EmptyState picture={<Logo size={56} />} title={chatStrings.noneTitle} text={chatStrings.noneText} />;
  }
  return (
    <EmptyState
      picture={<Logo size={56} />}
      title={chatStrings.welcomeTitle}
      text={chatStrings.welcomeText}
      action={
        <div className="flex flex-wrap justify-center gap-2">
          <Link to="/new" className="inline-flex h-9 items-center rounded-sm bg-accent px-4 font-medium text-accent-ink hover:bg-accent-hover pointer-coarse:h-11">{conversationsStrings.newAssistant}</Link>
          <Link to="/rooms" className="inline-flex h-9 items-center rounded-sm border border-line bg-raised px-4 font-medium hover:bg-hover pointer-coarse:h-11">{chatStrings.browseRooms}</Link>
        </div>
      }
    />
  );
}

import { useParams } from 'react-router';
import { ConversationList } from '@/features/conversations/conversation-list';
import { EmptyState } from '@/components/empty-state';
import { Logo } from '@/components/logo';
import { strings } from '@/lib/strings';
import { useIsNarrow } from '@/lib/use-media';
import { ConversationScreen } from './conversation-screen';
import { ResizableList } from './resizable-list';

// The list and the open chat side by side; on a phone one at a time.
export function ChatsScreen() {
  const { chatId, seq } = useParams();
  const narrow = useIsNarrow();
  const targetSeq = seq && /^\d+$/.test(seq) ? Number(seq) : null;
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
          <EmptyState picture={<Logo size={56} />} title={strings.conversation.noneTitle} text={strings.conversation.noneText} />
        )}
      </div>
    </div>
  );
}

import { useCallback, useMemo, type ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { Chat } from '@/api/contracts.gen';
import { EmptyState } from '@/components/empty-state';
import { ErrorState } from '@/components/error-state';
import { Dialog } from '@/components/dialog';
import { MentionContext } from '@/components/markdown/mention-context';
import { MessagesSkeleton } from '@/components/skeleton';
import { Composer } from '@/features/composer/composer';
import { ConversationHeader } from '@/features/conversations/conversation-header';
import { ConversationPane } from '@/features/conversations/conversation-pane';
import { DetailsPanel } from '@/features/conversations/details-panel';
import { JoinPanel } from '@/features/conversations/join-panel';
import { PresenceLine } from '@/features/presence/presence-line';
import { TypingLine } from '@/features/presence/typing-line';
import { cachedWindow } from '@/lib/chat-cache';
import { errorCode } from '@/lib/errors';
import { useWatchPresence } from '@/lib/presence';
import { useMe } from '@/lib/session';
import { strings } from '@/lib/strings';
import { titleOf, useChat, useMembers } from '@/lib/use-chats';
import { useIsWide } from '@/lib/use-media';
import { setEditing } from '@/lib/ui-store';
import { useRoomCommands } from './use-room-commands';

interface ConversationScreenProps {
  chatId: string;
  targetSeq: number | null;
}

export function ConversationScreen({ chatId, targetSeq }: ConversationScreenProps) {
  const { chat, isMember, error, retry } = useChat(chatId);
  if (chat) return <OpenChat chat={chat} isMember={isMember} targetSeq={targetSeq} />;
  if (error && ['chat.not_found', 'http.404', 'request.invalid'].includes(errorCode(error))) {
    return (
      <EmptyState
        title={strings.conversation.notFoundTitle}
        text={strings.conversation.notFoundText}
        action={<Link to="/" className="inline-flex h-9 items-center rounded-sm border border-line bg-raised px-4 font-medium hover:bg-hover">{strings.conversation.back}</Link>}
      />
    );
  }
  if (error) return <ErrorState title={strings.messages.failed} error={error} onRetry={() => void retry()} />;
  return <div className="flex h-full flex-col"><MessagesSkeleton /></div>;
}

function OpenChat({ chat, isMember, targetSeq }: { chat: Chat; isMember: boolean; targetSeq: number | null }) {
  const [params, setParams] = useSearchParams();
  const panel = isMember ? params.get('panel') : null;
  const setPanel = useCallback(
    (next: string | null) => setParams(next ? { panel: next } : {}, { replace: panel !== null && next !== null }),
    [panel, setParams],
  );
  const wide = useIsWide();
  const details = panel && <DetailsPanel chat={chat} panel={panel} onClose={() => setPanel(null)} />;
  return (
    <Mentions chatId={chat.id} isMember={isMember}>
      <div className="flex h-full min-h-0">
        <div className="flex min-w-0 flex-1 flex-col">
          <ConversationHeader chat={chat} isMember={isMember} panel={panel} onPanel={setPanel} presence={(userId) => <PresenceLine userId={userId} />} />
          {isMember ? (
            <ConversationPane chat={chat} targetSeq={targetSeq} footer={<Footer chat={chat} />} />
          ) : (
            <div className="min-h-0 flex-1"><JoinPanel chat={chat} /></div>
          )}
        </div>
        {details && wide && <aside className="w-80 shrink-0 border-s border-line">{details}</aside>}
        {details && !wide && <Dialog title={strings.conversation.details} shape="side" onClose={() => setPanel(null)}>{details}</Dialog>}
      </div>
    </Mentions>
  );
}

// Gives the messages the names that count as mentions, and watches who of a direct chat is there.
function Mentions({ chatId, isMember, children }: { chatId: string; isMember: boolean; children: ReactNode }) {
  const me = useMe();
  const { data: members } = useMembers(chatId, isMember);
  const value = useMemo(
    () => ({ names: new Set((members ?? []).map((member) => member.user.username)), me: me.username }),
    [members, me.username],
  );
  useWatchPresence(useMemo(() => (members ?? []).slice(0, 100).map((member) => member.user.id), [members]));
  return <MentionContext value={value}>{children}</MentionContext>;
}

function Footer({ chat }: { chat: Chat }) {
  const me = useMe();
  const { commands, dialogs } = useRoomCommands(chat);
  const editLast = () => {
    const own = cachedWindow(chat.id)?.items.findLast((message) => message.sender.id === me.id && !message.deleted_at);
    if (own) setEditing(chat.id, own.id);
  };
  if (chat.archived) return <p className="border-t border-line bg-sunken px-5 py-3 text-soft">{strings.conversation.archived}</p>;
  return (
    <div className="safe-bottom shrink-0">
      <Composer chat={chat} title={titleOf(chat)} commands={commands} onEditLast={editLast} />
      <div className="px-3 md:px-5"><TypingLine chatId={chat.id} /></div>
      {dialogs}
    </div>
  );
}

import { useCallback, useMemo, type ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';
import type { Chat } from '@/api/contracts.gen';
import { EmptyState } from '@/components/empty-state';
import { ErrorState } from '@/components/error-state';
import { Dialog } from '@/components/floating/dialog';
import { MentionContext } from '@/components/markdown/mention-context';
import { MessagesSkeleton } from '@/components/skeleton';
import type { AnswerRowProps } from '@/features/assistant/components/answer-footer';
import { AnswerRow } from '@/features/assistant/components/answer-row';
import { AssistantBlank } from '@/features/assistant/components/assistant-blank';
import { AssistantSettings } from '@/features/assistant/components/assistant-settings';
import { RoomAssistant } from '@/features/assistant/components/room-assistant';
import { isAssistantOn } from '@/features/assistant/state/assistant';
import { modelOf, useModels } from '@/features/assistant/state/use-models';
import { useMe } from '@/features/auth/state/session';
import { useChat, useMembers } from '@/features/chat/state/use-chats';
import { ConversationHeader } from '@/features/messages/components/conversation-header';
import { ConversationPane } from '@/features/messages/components/conversation-pane';
import { PresenceLine } from '@/features/presence/components/presence-line';
import { useWatchPresence } from '@/features/presence/state/presence';
import { DetailsPanel } from '@/features/rooms/components/details-panel';
import { JoinPanel } from '@/features/rooms/components/join-panel';
import { useSettings } from '@/features/settings/state/settings-store';
import { assistantStrings } from '@/i18n/assistant';
import { chatStrings } from '@/i18n/chat';
import { messagesStrings } from '@/i18n/messages';
import { changeDraft } from '@/features/composer/state/drafts-store';
import { focusComposer } from '@/lib/focus';
import { errorCode } from '@/lib/errors';
import { useIsVeryWide, useIsWide } from '@/lib/hooks/use-media';
import { ConversationFooter } from './conversation-footer';

function beginWith(chatId: string, text: string): void {
  changeDraft(chatId, { text });
  focusComposer();
}

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
        isPage
        title={chatStrings.notFoundTitle}
        text={chatStrings.notFoundText}
        action={<Link to="/" className="inline-flex h-9 items-center rounded-sm border border-line bg-raised px-4 font-medium hover:bg-hover">{chatStrings.back}</Link>}
      />
    );
  }
  if (error) return <ErrorState title={messagesStrings.failed} error={error} onRetry={() => void retry()} />;
  return <div className="flex h-full flex-col"><MessagesSkeleton /></div>;
}

function OpenChat({ chat, isMember, targetSeq }: { chat: Chat; isMember: boolean; targetSeq: number | null }) {
  const [params, setParams] = useSearchParams();
  const veryWide = useIsVeryWide();
  const { detailsOpen, set } = useSettings();
  const asked = params.get('panel');
  // Where there is room for it, what is about a room stands open until it is closed.
  const standing = veryWide && detailsOpen && chat.kind === 'group' ? 'members' : null;
  const panel = isMember ? (asked ?? standing) : null;
  const setPanel = useCallback(
    (next: string | null) => {
      if (veryWide) set({ detailsOpen: next !== null });
      setParams(next ? { panel: next } : {}, { replace: panel !== null && next !== null });
    },
    [panel, set, setParams, veryWide],
  );
  const wide = useIsWide();
  const isAssistant = chat.kind === 'assistant';
  const settings = isAssistant ? <AssistantSettings key={chat.id} chat={chat} /> : chat.kind === 'group' ? <RoomAssistant chat={chat} /> : undefined;
  const details = panel && <DetailsPanel chat={chat} panel={panel} assistant={settings} onPanel={setPanel} onClose={() => setPanel(null)} />;
  return (
    <Mentions chat={chat} isMember={isMember}>
      <div className="flex h-full min-h-0">
        <div className="flex min-w-0 flex-1 flex-col">
          <ConversationHeader chat={chat} isMember={isMember} panel={panel} onPanel={setPanel} presence={(userId) => <PresenceLine userId={userId} />} assistant={<AssistantLine chat={chat} />} />
          {isMember ? (
            <ConversationPane
              chat={chat}
              targetSeq={targetSeq}
              footer={<ConversationFooter chat={chat} />}
              blank={isAssistant && <AssistantBlank onBegin={(text) => beginWith(chat.id, text)} />}
              answer={answerInRow}
            />
          ) : (
            <div className="min-h-0 flex-1"><JoinPanel chat={chat} /></div>
          )}
        </div>
        {details && wide && <aside className="w-80 shrink-0 border-s border-line">{details}</aside>}
        {details && !wide && <Dialog title={chatStrings.details} shape="side" onClose={() => setPanel(null)}>{details}</Dialog>}
      </div>
    </Mentions>
  );
}

// Gives the messages the names that count as mentions, and watches who of a direct chat is there.
function Mentions({ chat, isMember, children }: { chat: Chat; isMember: boolean; children: ReactNode }) {
  const me = useMe();
  const { data: members } = useMembers(chat.id, isMember);
  const answers = isAssistantOn(chat);
  const value = useMemo(
    () => {
      const people = new Map<string, string | null>((members ?? []).map(({ user }) => [user.username, user.id]));
      if (answers) people.set(assistantStrings.answers.mention, null);
      return { people, me: me.username };
    },
    [members, answers, me.username],
  );
  useWatchPresence(useMemo(() => (members ?? []).slice(0, 100).map((member) => member.user.id), [members]));
  return <MentionContext value={value}>{children}</MentionContext>;
}

const answerInRow = (answer: AnswerRowProps) => <AnswerRow {...answer} />;

// Which model answers here.
function AssistantLine({ chat }: { chat: Chat }) {
  const { data: models } = useModels();
  return <>{modelOf(models, chat.assistant?.model)?.label ?? assistantStrings.answers.assistant}</>;
}

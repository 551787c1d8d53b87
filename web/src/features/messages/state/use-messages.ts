import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Chat } from '@/api/contracts.gen';
import { keys, queryClient } from '@/api/query-client';
import { isAssistantOn, readAnswers } from '@/features/assistant/entry';
import { cachedWindow, isAttached, loadInitial, refreshTail, setOpenChat } from '@/features/chat/entry';
import { dispatchOutbox } from '@/features/composer/entry';
import { chatDestination } from '@/realtime/destinations';
import { live } from '@/realtime/live';

const mostReplayed = 300;

// From where the live connection goes on: after what is loaded, or after the newest known while reading far above.
function resumeSeq(chatId: string): number | null {
  const window = cachedWindow(chatId);
  if (!window) return null;
  return isAttached(window) ? window.lastSeq : window.headSeq;
}

// A chat left long ago is loaded anew rather than replayed message by message.
function dropIfFarBehind(chat: Chat): boolean {
  const window = cachedWindow(chat.id);
  if (!window || chat.last_seq - window.lastSeq <= mostReplayed) return false;
  queryClient.removeQueries({ queryKey: keys.messages(chat.id) });
  return true;
}

// The messages of an open chat, live while it is open.
export function useMessages(chat: Chat) {
  const chatId = chat.id;
  // Decided once, before the first read of the cache.
  const [wasCached] = useState(() => !dropIfFarBehind(chat) && cachedWindow(chatId) !== undefined);
  const query = useQuery({
    queryKey: keys.messages(chatId),
    queryFn: ({ signal }) => loadInitial(chatId, signal),
    staleTime: Infinity,
  });
  useEffect(() => {
    setOpenChat(chatId);
    if (wasCached) refreshTail(chatId).catch(() => undefined);
    return () => {
      setOpenChat(null);
      dispatchOutbox({ type: 'chat_closed', chatId });
    };
  }, [chatId, wasCached]);
  const { isSuccess } = query;
  const mayAnswer = isAssistantOn(chat);
  useEffect(() => {
    if (!isSuccess) return;
    if (mayAnswer) readAnswers(chatId).catch(() => undefined);
    return live.watch(chatDestination(chatId), () => resumeSeq(chatId));
  }, [chatId, isSuccess, mayAnswer]);
  return query;
}

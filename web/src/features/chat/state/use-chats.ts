import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { getChat, listMembers } from '@/api/chats';
import type { Chat, ChatRights } from '@/api/contracts.gen';
import { keys } from '@/api/query-client';
import { conversationsStrings } from '@/i18n/conversations';
import { byActivity, loadChats } from './chat-cache';

export function useChats() {
  return useQuery({ queryKey: keys.chats, queryFn: loadChats, refetchOnWindowFocus: true });
}

// All my chats, newest activity first.
export function useSortedChats(): Chat[] {
  const { data } = useChats();
  return useMemo(() => [...(data ?? [])].sort(byActivity), [data]);
}

export function useMembers(chatId: string, enabled = true) {
  return useQuery({ queryKey: keys.members(chatId), queryFn: () => listMembers(chatId), enabled, staleTime: 5 * 60_000 });
}

// The chat of the address: mine from the list, or a public room that I may look at before joining.
export function useChat(chatId: string) {
  const chats = useChats();
  const mine = chats.data?.find((chat) => chat.id === chatId);
  const other = useQuery({
    queryKey: ['chat', chatId],
    queryFn: () => getChat(chatId),
    enabled: chats.isSuccess && !mine,
    retry: false,
  });
  const error = chats.error ?? (mine ? null : other.error);
  return { chat: mine ?? other.data, isMember: mine !== undefined, error, retry: chats.isError ? chats.refetch : other.refetch };
}

export function titleOf(chat: Chat): string {
  if (chat.kind === 'direct') return chat.peer?.display_name || chat.title || conversationsStrings.directMessage;
  if (chat.kind === 'assistant') return chat.title || conversationsStrings.untitledAssistant;
  return chat.title || conversationsStrings.untitled;
}

// What the server says that I may do there.
export const may = (chat: Chat, what: keyof ChatRights): boolean => chat.may?.[what] ?? false;

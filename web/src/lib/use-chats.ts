import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { getChat, listMembers } from '@/api/chats';
import type { Chat, Member, PublicUser } from '@/api/contracts.gen';
import { byActivity, loadChats } from './chat-cache';
import { keys } from './query-client';
import { useSession } from './session';
import { strings } from './strings';

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

// The other person of a direct chat.
export function useDirectPeer(chat: Chat | undefined): PublicUser | undefined {
  const isDirect = chat?.kind === 'direct';
  const meId = useSession((state) => state.user?.id);
  const { data } = useMembers(chat?.id ?? '', isDirect);
  return isDirect ? peerOf(data, meId) : undefined;
}

export function peerOf(members: Member[] | undefined, meId: string | undefined): PublicUser | undefined {
  return members?.find((member) => member.user.id !== meId)?.user ?? members?.[0]?.user;
}

export function titleOf(chat: Chat, peer?: PublicUser): string {
  if (chat.kind === 'direct') return peer?.display_name || chat.title || strings.list.directMessage;
  return chat.title || strings.list.untitled;
}

export const mayManage = (chat: Chat): boolean => chat.me?.role === 'owner' || chat.me?.role === 'admin';

import { useChats } from '@/lib/use-chats';

export function useUnreadTotal(): number {
  const { data } = useChats();
  return (data ?? []).reduce((sum, chat) => sum + (chat.archived ? 0 : (chat.me?.unread ?? 0)), 0);
}

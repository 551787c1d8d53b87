import { create } from 'zustand';

const shownMilliseconds = 6_000;

interface TypingState {
  // Chat id to user id to the time when the sign fades.
  byChat: Record<string, Record<string, number>>;
}

export const useTyping = create<TypingState>()(() => ({ byChat: {} }));

function write(chatId: string, userId: string, until: number | null): void {
  const { byChat } = useTyping.getState();
  const chat = { ...byChat[chatId] };
  if (until === null) delete chat[userId];
  else chat[userId] = until;
  useTyping.setState({ byChat: { ...byChat, [chatId]: chat } });
}

export function showTyping(chatId: string, userId: string): void {
  const until = Date.now() + shownMilliseconds;
  write(chatId, userId, until);
  setTimeout(() => {
    if (useTyping.getState().byChat[chatId]?.[userId] === until) write(chatId, userId, null);
  }, shownMilliseconds);
}

export function stopTyping(chatId: string, userId: string): void {
  if (useTyping.getState().byChat[chatId]?.[userId]) write(chatId, userId, null);
}

import { useCallback, useRef } from 'react';
import { live } from '@/realtime/live';

const everyMilliseconds = 3_000;

// Tells the others that one is writing, at most every three seconds.
export function useTypingSignal(chatId: string): () => void {
  const last = useRef(0);
  return useCallback(() => {
    if (Date.now() - last.current < everyMilliseconds) return;
    last.current = Date.now();
    live.tell(`/app/chats/${chatId}/typing`, {});
  }, [chatId]);
}

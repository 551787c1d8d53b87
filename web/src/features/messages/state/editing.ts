import { create } from 'zustand';

// The message that is being edited in each chat, by its id.
const useStore = create<Record<string, string | undefined>>()(() => ({}));

export function useEditing(chatId: string): string | undefined {
  return useStore((editing) => editing[chatId]);
}

export function setEditing(chatId: string, messageId: string | undefined): void {
  useStore.setState({ [chatId]: messageId });
}

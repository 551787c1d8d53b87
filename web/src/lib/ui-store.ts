import { create } from 'zustand';

export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'bad';
}

interface UiState {
  switcherOpen: boolean;
  helpOpen: boolean;
  toasts: Toast[];
  // What live regions read out next.
  announcement: string;
  // The message being edited in each chat, by its id.
  editing: Record<string, string | undefined>;
}

export const useUi = create<UiState>()(() => ({
  switcherOpen: false,
  helpOpen: false,
  toasts: [],
  announcement: '',
  editing: {},
}));

let toastCount = 0;

export function showToast(text: string, tone: Toast['tone'] = 'plain'): void {
  toastCount += 1;
  const toast = { id: toastCount, text, tone };
  useUi.setState((state) => ({ toasts: [...state.toasts.slice(-2), toast] }));
  setTimeout(() => dismissToast(toast.id), tone === 'bad' ? 9_000 : 5_000);
}

export function dismissToast(id: number): void {
  useUi.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) }));
}

export function announce(text: string): void {
  useUi.setState({ announcement: text });
}

export function setEditing(chatId: string, messageId: string | undefined): void {
  useUi.setState((state) => ({ editing: { ...state.editing, [chatId]: messageId } }));
}

import { create } from 'zustand';

// What the page tells a person in passing: toasts, and what live regions read out.

export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'bad';
}

interface Notices {
  toasts: Toast[];
  // What live regions read out next.
  announcement: string;
}

export const useNotices = create<Notices>()(() => ({ toasts: [], announcement: '' }));

let toastCount = 0;

export function showToast(text: string, tone: Toast['tone'] = 'plain'): void {
  toastCount += 1;
  const toast = { id: toastCount, text, tone };
  useNotices.setState((state) => ({ toasts: [...state.toasts.slice(-2), toast] }));
  setTimeout(() => dismissToast(toast.id), tone === 'bad' ? 9_000 : 5_000);
}

export function dismissToast(id: number): void {
  useNotices.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) }));
}

export function announce(text: string): void {
  useNotices.setState({ announcement: text });
}

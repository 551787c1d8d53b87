import { create } from 'zustand';
import { emptyDraft, readDraft, writeDraft, type Draft } from './drafts';
import { useSession } from './session';

interface DraftsState {
  byChat: Record<string, Draft>;
}

const useDraftsStore = create<DraftsState>()(() => ({ byChat: {} }));

const meId = (): string => useSession.getState().user?.id ?? '';

// Reads storage once per chat; afterwards memory answers.
function draftOf(state: DraftsState, chatId: string): Draft {
  const known = state.byChat[chatId];
  if (known) return known;
  const stored = readDraft(localStorage, meId(), chatId);
  state.byChat[chatId] = stored;
  return stored;
}

export function useDraft(chatId: string): Draft {
  return useDraftsStore((state) => draftOf(state, chatId));
}

export function changeDraft(chatId: string, change: Partial<Draft>): void {
  const next = { ...draftOf(useDraftsStore.getState(), chatId), ...change };
  useDraftsStore.setState((state) => ({ byChat: { ...state.byChat, [chatId]: next } }));
  writeDraft(localStorage, meId(), chatId, next);
}

export function clearDraft(chatId: string): void {
  changeDraft(chatId, emptyDraft);
}

// Another person signed in: nothing in memory is theirs.
export function forgetDrafts(): void {
  useDraftsStore.setState({ byChat: {} });
}

import { create } from 'zustand';
import { useSession } from '@/features/auth/entry';
import { openChatId } from '@/features/chat/entry';
import { makeClientId } from '@/lib/ids';
import {
  afterOther, afterTaken, emptyDraft, goesOn, heldOf, parseSlot, placeOfKey, readSlots, removeSlot, writeSlot, type Draft, type DraftStorage, type Held, type Slot,
} from './drafts';
import { ownTab } from './tab-id';

interface DraftsState {
  byChat: Record<string, Held>;
}

const useDraftsStore = create<DraftsState>()(() => ({ byChat: {} }));

const meId = (): string => useSession.getState().user?.id ?? '';
const storage: DraftStorage = {
  keys: () => Object.keys(localStorage),
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, value),
  removeItem: (key) => localStorage.removeItem(key),
};
const tab = ownTab(makeClientId);
let stored: Map<string, Slot[]> | null = null;
// What stood there when typing here began, by chat.
const bases = new Map<string, string>();

// Reads storage once; afterwards memory answers.
function heldIn(state: DraftsState, chatId: string): Held {
  const known = state.byChat[chatId];
  if (known) return known;
  stored ??= readSlots(storage, meId());
  const held = heldOf(stored.get(chatId) ?? [], tab);
  state.byChat[chatId] = held;
  return held;
}

export function useDraft(chatId: string): Draft {
  return useDraftsStore((state) => heldIn(state, chatId).draft);
}

export function changeDraft(chatId: string, change: Partial<Draft>): void {
  put(chatId, change, false);
}

// The draft was sent, wherever it was typed.
export function clearDraft(chatId: string): void {
  put(chatId, emptyDraft, true);
}

function put(chatId: string, change: Partial<Draft>, sent: boolean): void {
  const before = heldIn(useDraftsStore.getState(), chatId);
  if (before.tab !== tab) bases.set(chatId, before.draft.text);
  const draft = { ...before.draft, ...change };
  const isEmpty = draft.text === '' && draft.replyTo === null;
  useDraftsStore.setState((state) => ({ byChat: { ...state.byChat, [chatId]: { draft, tab: isEmpty ? null : tab } } }));
  writeSlot(storage, meId(), chatId, { tab, draft, at: Date.now(), base: bases.get(chatId) ?? '' });
  // What stood here is going on here now, or is sent. Something else in its place leaves it where it was typed.
  const isTaken = sent || goesOn(draft, before.draft.text);
  if (isTaken && before.tab !== null && before.tab !== tab) removeSlot(storage, meId(), chatId, before.tab);
}

// Another person signed in: nothing in memory is theirs.
export function forgetDrafts(): void {
  stored = null;
  bases.clear();
  useDraftsStore.setState({ byChat: {} });
}

// Hears of what is typed in other tabs; storage tells them and not the tab that writes.
function onStorage({ key, oldValue, newValue }: StorageEvent): void {
  const place = key === null ? null : placeOfKey(meId(), key);
  if (!place) return;
  const { chatId } = place;
  const held = heldIn(useDraftsStore.getState(), chatId);
  const [was, now] = [parseSlot(place.tab, oldValue), parseSlot(place.tab, newValue)];
  const next = place.tab === tab ? afterTaken(held, tab, was) : afterOther(held, tab, was, now, openChatId() === chatId);
  if (next === held) return;
  useDraftsStore.setState((state) => ({ byChat: { ...state.byChat, [chatId]: next } }));
  if (held.tab === tab) removeSlot(storage, meId(), chatId, tab);
}

if (typeof window !== 'undefined') window.addEventListener('storage', onStorage);

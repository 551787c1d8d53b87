// What is typed but not sent, per person and chat, kept over reloads. Each tab keeps its own in a slot of its own, so that no
// tab writes over what was typed in another. A chat that is opened shows what was typed elsewhere if nothing was typed here.

export interface DraftStorage {
  keys: () => string[];
  getItem: (key: string) => string | null;
  setItem: (key: string, value: string) => void;
  removeItem: (key: string) => void;
}

export interface Draft {
  text: string;
  replyTo: string | null;
}

export interface Slot {
  tab: string;
  draft: Draft;
  // When it was last typed in, in milliseconds.
  at: number;
  // What stood in the composer when typing here began: who still shows that follows.
  base: string;
}

// What a tab shows: its own draft or that of another tab; null when there is none.
export interface Held {
  draft: Draft;
  tab: string | null;
}

export const emptyDraft: Draft = { text: '', replyTo: null };
export const nothingHeld: Held = { draft: emptyDraft, tab: null };

const prefixOf = (userId: string) => `loquat.draft.${userId}.`;
const keyOf = (userId: string, chatId: string, tab: string) => `${prefixOf(userId)}${chatId}.${tab}`;

function parse(tab: string, stored: string | null): Slot | null {
  try {
    const found = JSON.parse(stored ?? 'null') as Partial<Draft & Slot> | null;
    if (typeof found?.text !== 'string') return null;
    const replyTo = typeof found.replyTo === 'string' ? found.replyTo : null;
    return { tab, draft: { text: found.text, replyTo }, at: Number(found.at) || 0, base: typeof found.base === 'string' ? found.base : '' };
  } catch {
    return null;
  }
}

// Which chat and tab a stored draft of this person belongs to.
export function placeOfKey(userId: string, key: string): { chatId: string; tab: string } | null {
  if (!key.startsWith(prefixOf(userId))) return null;
  const [chatId, tab, more] = key.slice(prefixOf(userId).length).split('.');
  return chatId && tab && more === undefined ? { chatId, tab } : null;
}

export const parseSlot = parse;

// All drafts of a person, by chat.
export function readSlots(storage: DraftStorage, userId: string): Map<string, Slot[]> {
  const slots = new Map<string, Slot[]>();
  for (const key of storage.keys()) {
    const place = placeOfKey(userId, key);
    const slot = place && parse(place.tab, storage.getItem(key));
    if (place && slot) slots.set(place.chatId, [...(slots.get(place.chatId) ?? []), slot]);
  }
  return slots;
}

// A draft without text and reply is no draft: it leaves nothing behind.
export function writeSlot(storage: DraftStorage, userId: string, chatId: string, slot: Slot): void {
  const key = keyOf(userId, chatId, slot.tab);
  try {
    if (isEmpty(slot.draft)) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify({ ...slot.draft, at: slot.at, base: slot.base }));
  } catch {
    // A full or forbidden store must not stop anyone from typing.
  }
}

export function removeSlot(storage: DraftStorage, userId: string, chatId: string, tab: string): void {
  try {
    storage.removeItem(keyOf(userId, chatId, tab));
  } catch {
    // As above.
  }
}

// Whether a draft is what stood there and more.
export const goesOn = (draft: Draft, base: string): boolean => draft.text !== '' && draft.text.startsWith(base);

const isEmpty = (draft: Draft): boolean => draft.text === '' && draft.replyTo === null;

// What a tab shows first: its own draft, otherwise the newest of the others.
export function heldOf(slots: readonly Slot[], own: string): Held {
  const mine = slots.find((slot) => slot.tab === own);
  const newest = mine ?? [...slots].sort((a, b) => b.at - a.at)[0];
  return newest ? { draft: newest.draft, tab: newest.tab } : nothingHeld;
}

// What a tab shows after another tab took its slot away: it went on there, which was told before, or was sent there.
export function afterTaken(held: Held, own: string, was: Slot | null): Held {
  return held.tab === own && was?.draft.text === held.draft.text ? nothingHeld : held;
}

// What a tab shows after another tab's draft changed from `was` to `now`. What was typed here stays, unless the other went on
// from exactly that, or sent it. An empty composer that is open stays empty: somebody may be about to type in it.
export function afterOther(held: Held, own: string, was: Slot | null, now: Slot | null, isOpen = false): Held {
  const typedHere = held.tab === own;
  if (now) {
    const stays = held.tab === null ? isOpen : typedHere && !(now.base === held.draft.text && goesOn(now.draft, now.base));
    return stays ? held : { draft: now.draft, tab: now.tab };
  }
  if (!was) return held;
  const isSame = typedHere ? was.draft.text === held.draft.text : was.tab === held.tab;
  return isSame ? nothingHeld : held;
}

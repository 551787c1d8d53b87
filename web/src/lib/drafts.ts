// What is typed but not sent, per person and chat, kept over reloads.

export interface DraftStorage {
  getItem: (key: string) => string | null;
  setItem: (key: string, value: string) => void;
  removeItem: (key: string) => void;
}

export interface Draft {
  text: string;
  replyTo: string | null;
}

export const emptyDraft: Draft = { text: '', replyTo: null };

const keyOf = (userId: string, chatId: string) => `loquat.draft.${userId}.${chatId}`;

export function readDraft(storage: DraftStorage, userId: string, chatId: string): Draft {
  try {
    const found = JSON.parse(storage.getItem(keyOf(userId, chatId)) ?? 'null') as Partial<Draft> | null;
    if (typeof found?.text !== 'string') return emptyDraft;
    return { text: found.text, replyTo: typeof found.replyTo === 'string' ? found.replyTo : null };
  } catch {
    return emptyDraft;
  }
}

// A draft without text and reply is no draft: it leaves nothing behind.
export function writeDraft(storage: DraftStorage, userId: string, chatId: string, draft: Draft): void {
  const key = keyOf(userId, chatId);
  try {
    if (draft.text === '' && draft.replyTo === null) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(draft));
  } catch {
    // A full or forbidden store must not stop anyone from typing.
  }
}

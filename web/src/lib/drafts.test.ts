import { describe, expect, it } from 'vitest';
import { emptyDraft, readDraft, writeDraft, type DraftStorage } from './drafts';

function fakeStorage(): DraftStorage & { map: Map<string, string> } {
  const map = new Map<string, string>();
  return {
    map,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}

describe('a draft', () => {
  it('is there again after a reload', () => {
    const storage = fakeStorage();

    writeDraft(storage, 'ada', 'chat', { text: 'half a', replyTo: 'id-1' });

    expect(readDraft(storage, 'ada', 'chat')).toEqual({ text: 'half a', replyTo: 'id-1' });
  });

  it('belongs to one person and one chat', () => {
    const storage = fakeStorage();

    writeDraft(storage, 'ada', 'chat', { text: 'mine', replyTo: null });

    expect(readDraft(storage, 'tom', 'chat')).toEqual(emptyDraft);
    expect(readDraft(storage, 'ada', 'other')).toEqual(emptyDraft);
  });

  it('leaves nothing behind when it is empty', () => {
    const storage = fakeStorage();
    writeDraft(storage, 'ada', 'chat', { text: 'x', replyTo: null });

    writeDraft(storage, 'ada', 'chat', emptyDraft);

    expect(storage.map.size).toBe(0);
  });

  it('that was stored broken is empty', () => {
    const storage = fakeStorage();
    storage.map.set('loquat.draft.ada.chat', '{"text":');

    expect(readDraft(storage, 'ada', 'chat')).toEqual(emptyDraft);
  });

  it('does not stop anyone when storage is full', () => {
    const full: DraftStorage = { ...fakeStorage(), setItem: () => { throw new Error('full'); } };

    expect(() => writeDraft(full, 'ada', 'chat', { text: 'x', replyTo: null })).not.toThrow();
  });
});

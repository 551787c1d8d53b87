import { describe, expect, it } from 'vitest';
import {
  afterOther, afterTaken, emptyDraft, heldOf, nothingHeld, placeOfKey, readSlots, removeSlot, writeSlot, type DraftStorage, type Slot,
} from './drafts';

function fakeStorage(): DraftStorage & { map: Map<string, string> } {
  const map = new Map<string, string>();
  return {
    map,
    keys: () => [...map.keys()],
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => void map.set(key, value),
    removeItem: (key) => void map.delete(key),
  };
}

const slot = (tab: string, text: string, at = 1, base = ''): Slot => ({ tab, draft: { text, replyTo: null }, at, base });
const held = (tab: string, text: string) => ({ tab, draft: { text, replyTo: null } });

describe('a draft', () => {
  it('is there again after a reload', () => {
    const storage = fakeStorage();

    writeSlot(storage, 'ada', 'chat', { ...slot('t1', 'half a'), draft: { text: 'half a', replyTo: 'id-1' } });

    expect(heldOf(readSlots(storage, 'ada').get('chat') ?? [], 't1')).toEqual({ draft: { text: 'half a', replyTo: 'id-1' }, tab: 't1' });
  });

  it('belongs to one person and one chat', () => {
    const storage = fakeStorage();

    writeSlot(storage, 'ada', 'chat', slot('t1', 'mine'));

    expect(readSlots(storage, 'tom').size).toBe(0);
    expect([...readSlots(storage, 'ada').keys()]).toEqual(['chat']);
  });

  it('leaves nothing behind when it is empty or taken away', () => {
    const storage = fakeStorage();
    writeSlot(storage, 'ada', 'chat', slot('t1', 'x'));
    writeSlot(storage, 'ada', 'chat', slot('t2', 'y'));

    writeSlot(storage, 'ada', 'chat', slot('t1', ''));
    removeSlot(storage, 'ada', 'chat', 't2');

    expect(storage.map.size).toBe(0);
  });

  it('that was stored broken is none, nor is what somebody else stored', () => {
    const storage = fakeStorage();
    storage.map.set('loquat.draft.ada.chat.t1', '{"text":');
    storage.map.set('loquat.draft.ada.chat', '{"text":"x"}');
    storage.map.set('other', '{"text":"x"}');

    expect(readSlots(storage, 'ada').size).toBe(0);
    expect(placeOfKey('ada', 'loquat.draft.ada.chat.t1')).toEqual({ chatId: 'chat', tab: 't1' });
  });

  it('does not stop anyone when storage is full', () => {
    const full: DraftStorage = { ...fakeStorage(), setItem: () => { throw new Error('full'); } };

    expect(() => writeSlot(full, 'ada', 'chat', slot('t1', 'x'))).not.toThrow();
  });
});

describe('drafts of two tabs', () => {
  it('are kept side by side: each tab shows its own', () => {
    const storage = fakeStorage();
    writeSlot(storage, 'ada', 'chat', slot('t1', 'first tab', 1));
    writeSlot(storage, 'ada', 'chat', slot('t2', 'second tab', 2));
    const slots = readSlots(storage, 'ada').get('chat') ?? [];

    expect(heldOf(slots, 't1').draft.text).toBe('first tab');
    expect(heldOf(slots, 't2').draft.text).toBe('second tab');
    expect(heldOf(slots, 't3').draft.text).toBe('second tab');
  });

  it('do not overwrite what was typed here', () => {
    const mine = held('t1', 'typed here');

    expect(afterOther(mine, 't1', null, slot('t2', 'w'))).toBe(mine);
    expect(afterOther(mine, 't1', slot('t2', 'w'), slot('t2', 'wo', 2))).toBe(mine);
    expect(afterOther(mine, 't1', slot('t2', 'wo'), null)).toBe(mine);
  });

  it('show in a tab where nothing was typed', () => {
    expect(afterOther(nothingHeld, 't1', null, slot('t2', 'w'))).toEqual(held('t2', 'w'));
    expect(afterOther(held('t2', 'w'), 't1', slot('t2', 'w'), slot('t2', 'wo'))).toEqual(held('t2', 'wo'));
  });

  it('go on in the other tab when it went on from what stands here', () => {
    expect(afterOther(held('t1', 'abc'), 't1', null, slot('t2', 'abcd', 2, 'abc'))).toEqual(held('t2', 'abcd'));
  });

  it('stay here when something else took their place there', () => {
    const mine = held('t1', 'abc');

    expect(afterOther(mine, 't1', null, slot('t2', 'other', 2, 'abc'))).toBe(mine);
  });

  it('leave an empty composer that is open empty', () => {
    expect(afterOther(nothingHeld, 't1', null, slot('t2', 'w'), true)).toBe(nothingHeld);
  });

  it('are gone here when they were sent there', () => {
    expect(afterOther(held('t2', 'abc'), 't1', slot('t2', 'abc'), null)).toEqual({ draft: emptyDraft, tab: null });
    expect(afterOther(held('t1', 'abc'), 't1', slot('t2', 'abc'), null)).toEqual({ draft: emptyDraft, tab: null });
    expect(afterTaken(held('t1', 'abc'), 't1', slot('t1', 'abc'))).toEqual({ draft: emptyDraft, tab: null });
  });

  it('stay when what was taken is not what stands here', () => {
    expect(afterTaken(held('t1', 'abcd'), 't1', slot('t1', 'abc'))).toEqual(held('t1', 'abcd'));
    expect(afterTaken(held('t2', 'abc'), 't1', slot('t1', 'abc'))).toEqual(held('t2', 'abc'));
  });
});

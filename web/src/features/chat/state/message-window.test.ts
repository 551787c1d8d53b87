import { describe, expect, it } from 'vitest';
import { message, page } from '@/testing/messages';
import { applyLive, fromPage, hasOlder, isAttached, mergePage, raiseHead, replaceMessage, type MessageWindow } from './message-window';

const seqs = (window: MessageWindow) => window.items.map((item) => item.seq);

describe('a window', () => {
  it('knows that there is more above and nothing below', () => {
    const window = fromPage(page(51, 60, 60));

    expect(hasOlder(window)).toBe(true);
    expect(isAttached(window)).toBe(true);
  });

  it('of an empty chat takes the first message', () => {
    const { window, gap } = applyLive(fromPage(page(1, 0, 0)), message(1));

    expect(seqs(window)).toEqual([1]);
    expect(gap).toBeNull();
    expect(hasOlder(window)).toBe(false);
  });

  it('grows above and below without doubles', () => {
    const start = fromPage(page(51, 60, 70));

    const window = mergePage(mergePage(start, page(45, 52, 70)), page(59, 65, 70));

    expect(seqs(window)).toEqual(Array.from({ length: 21 }, (_, index) => 45 + index));
    expect(isAttached(window)).toBe(false);
  });

  it('leaves out a page that does not touch it', () => {
    const window = mergePage(fromPage(page(51, 60, 60)), page(10, 20, 60));

    expect(window.firstSeq).toBe(51);
  });
});

describe('a live message', () => {
  it('is appended when it is the next one', () => {
    const { window, gap } = applyLive(fromPage(page(1, 3, 3)), message(4));

    expect(seqs(window)).toEqual([1, 2, 3, 4]);
    expect(gap).toBeNull();
  });

  it('that is known already changes nothing', () => {
    const start = fromPage(page(1, 3, 3));

    expect(seqs(applyLive(start, message(2)).window)).toEqual([1, 2, 3]);
  });

  it('after a hole waits and names exactly what is missing', () => {
    const { window, gap } = applyLive(fromPage(page(1, 3, 3)), message(7));

    expect(seqs(window)).toEqual([1, 2, 3]);
    expect(gap).toEqual({ from: 4, to: 6 });
  });

  it('joins when the hole is filled', () => {
    const first = applyLive(fromPage(page(1, 3, 3)), message(7)).window;
    const second = applyLive(first, message(8)).window;

    const filled = mergePage(second, page(4, 6, 8));

    expect(seqs(filled)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(filled.ahead).toEqual([]);
    expect(isAttached(filled)).toBe(true);
  });

  it('fills the hole by itself when it comes late', () => {
    const ahead = applyLive(fromPage(page(1, 3, 3)), message(5)).window;

    expect(seqs(applyLive(ahead, message(4)).window)).toEqual([1, 2, 3, 4, 5]);
  });

  it('only raises the head while one reads far above', () => {
    const { window, gap } = applyLive(fromPage(page(1, 50, 900)), message(901));

    expect(window.lastSeq).toBe(50);
    expect(window.headSeq).toBe(901);
    expect(gap).toBeNull();
  });

  it('without a seq is not placed yet', () => {
    const start = fromPage(page(1, 3, 3));

    expect(applyLive(start, message(0, { seq: null })).window).toBe(start);
  });
});

describe('a changed message', () => {
  it('takes its old place', () => {
    const window = replaceMessage(fromPage(page(1, 3, 3)), message(2, { text: 'new', edited_at: '2026-06-02T00:00:00.000Z' }));

    expect(window.items[1]?.text).toBe('new');
  });

  it('is not undone by a page that was read before', () => {
    const gone = replaceMessage(fromPage(page(1, 3, 3)), message(2, { text: '', deleted_at: '2026-06-02T00:00:00.000Z' }));

    expect(mergePage(gone, page(1, 3, 3)).items[1]?.text).toBe('');
  });
});

it('a resync raises the head but never lowers it', () => {
  const start = fromPage(page(1, 3, 3));

  expect(raiseHead(start, 9).headSeq).toBe(9);
  expect(raiseHead(start, 2).headSeq).toBe(3);
});

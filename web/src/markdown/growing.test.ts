import { describe, expect, it } from 'vitest';
import { cpuMilliseconds } from '@/testing/cpu';
import { emptyGrowing, grow, type Growing } from './growing';
import { mendTail } from './mend';
import { parseMarkdown } from './parse';

const sample = [
  '# A title', '', 'Some *text* with `code` and', 'a second line', '- a', '- b', '', '- c', '', '  inner', '', 'After the list.', '',
  '1. one', '2. two', '   ```js', '   let a = 1;', '   ```', '', '> quoted', '> more', '', 'x | y', 'a | b', '|---|---|', '| 1 | 2 |', '| 3 | 4 |', '',
  '```python', 'def f():', '', '    return 1', '```', '', '---', '-5 degrees', 'text', '-', 'text', '```not`a fence', '', '- [ ] task', '- [x] done', 'lazy',
  '| a |', '|-|', '| b |', '', '$$', 'a^2', '$$', '\\[', 'b', '\\]', 'so $x$ and \\(y\\)', '    four', 'Title', '===', '[page]', '[page]: https://example.org', 'a[^n]', '[^n]: note', '~~~', '```', '~~~', 'The end.', '',
].join('\n');

// Numbers that look random and are the same each time.
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function feed(text: string, sizes: () => number, seen: (now: Growing, before: Growing) => void): Growing {
  let state = emptyGrowing;
  let at = 0;
  while (at < text.length) {
    at = Math.min(text.length, at + 1 + Math.floor(sizes() * 12));
    const next = grow(state, text.slice(0, at), false);
    seen(next, state);
    state = next;
  }
  return state;
}

describe('a growing text', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))('becomes what the whole text is, however it comes (%i)', (seed) => {
    const random = numbers(seed + 1);
    const lines = sample.split('\n');
    const text = Array.from({ length: 60 }, () => lines[Math.floor(random() * lines.length)]).join('\n');

    const state = feed(text, random, () => undefined);

    expect(grow(state, text, true).blocks).toEqual(parseMarkdown(text));
  });

  it('is the whole text when it ends', () => {
    const state = feed(sample, numbers(7), () => undefined);

    expect(grow(state, sample, true).blocks).toEqual(parseMarkdown(sample));
  });

  it('never parses a finished block again: it stays the same object', () => {
    let finished = 0;
    feed(sample, numbers(3), (now, before) => {
      for (let index = 0; index < before.finished; index += 1) expect(now.blocks[index]).toBe(before.blocks[index]);
      expect(now.finished).toBeGreaterThanOrEqual(before.finished);
      finished = now.finished;
    });

    expect(finished).toBeGreaterThan(12);
  });

  it('keeps the parts of the open block that did not change', () => {
    const first = grow(emptyGrowing, '- one\n- two\n- th', false);
    const second = grow(first, '- one\n- two\n- three', false);

    const items = (state: Growing) => (state.blocks[0]?.type === 'list' ? state.blocks[0].items : []);
    expect(items(second)[0]).toBe(items(first)[0]);
    expect(items(second)[1]).toBe(items(first)[1]);
    expect(items(second)[2]).not.toBe(items(first)[2]);
  });

  it('shows a formula that is still being written as such', () => {
    expect(grow(emptyGrowing, '$$\na^', false).blocks).toMatchObject([{ type: 'math', tex: 'a^', open: true }]);
    expect(grow(emptyGrowing, '$$\na^2\n$$\n', false).blocks).toMatchObject([{ type: 'math', tex: 'a^2', open: false }]);
  });

  it('finds a note and an address that stand below', () => {
    const text = 'a[^1] and [b]\n\nmore\n\nmore\n\n[^1]: note\n\n[b]: https://b.example\n';
    const state = feed(text, numbers(5), () => undefined);

    expect(grow(state, text, true).blocks).toEqual(parseMarkdown(text));
  });

  it('reads line ends of other systems, also when one comes in two halves', () => {
    const text = '# a\r\n\r\n- b\r\n- c\r\n\r\nd\r\n\r\ne';
    const state = feed(text, () => 0, () => undefined);

    expect(grow(state, text, true).blocks).toEqual(parseMarkdown(text.replaceAll('\r\n', '\n')));
  });

  it('starts again when the text is another one', () => {
    const first = grow(emptyGrowing, 'one\n\ntwo\n\nthree', false);

    expect(grow(first, 'four', true).blocks).toEqual(parseMarkdown('four'));
  });

  it('does not move when the end comes', () => {
    const before = grow(emptyGrowing, 'one\n\n- two **x**', false);
    const after = grow(before, 'one\n\n- two **x**', true);

    expect(after.blocks.every((block, index) => block === before.blocks[index])).toBe(true);
  });

  it('takes a long answer token by token in linear time', () => {
    const paragraph = 'A sentence with **bold**, `code` and a [link](https://example.org/a). Another one follows it here.\n\n';
    const text = paragraph.repeat(500);

    const spent = cpuMilliseconds(() => {
      let state = emptyGrowing;
      for (let at = 0; at < text.length; at += 20) state = grow(state, text.slice(0, at), false);
    });

    expect(spent).toBeLessThan(2_500);
  });
});

describe('an unfinished line', () => {
  it.each([
    ['some **bold wo', 'some **bold wo**'],
    ['some **', 'some'],
    ['some `co', 'some `co`'],
    ['a *b **c', 'a *b **c***'],
    ['2 * 3', '2 * 3'],
    ['see [the page](https://exa', 'see the page'],
    ['see ![the picture](https://exa', 'see the picture'],
    ['~~gone', '~~gone~~'],
    ['##', ''],
    ['``', ''],
    ['1.', ''],
    ['plain', 'plain'],
    ['`a *b`', '`a *b`'],
  ])('%s', (line, shown) => {
    expect(mendTail(['above', line])).toEqual(['above', shown]);
  });

  it('of a table shows the table already', () => {
    expect(mendTail(['| a | b |', '|--'])).toEqual(['| a | b |', '|---|---|']);
  });

  it('of code stays as it is', () => {
    expect(mendTail(['```', 'a ** b'])).toEqual(['```', 'a ** b']);
    expect(mendTail(['$$', 'a **b'])).toEqual(['$$', 'a **b']);
    expect(mendTail(['\\[ x', '**b'])).toEqual(['\\[ x', '**b']);
    expect(mendTail(['$$', 'x', '$$', 'a **b'])).toEqual(['$$', 'x', '$$', 'a **b**']);
  });
});

import { describe, expect, it } from 'vitest';
import { limitBlocks } from './limit';
import { parseMarkdown } from './parse';
import { inlineText } from './plain';
import { previewLine } from './test-preview';

const text = ['# a *b* c', '', '- one', '- two **x**', '', '> q', '', '| a | b |', '|---|---|', '| 1 | 2 |', '', 'end[^1]', '', '[^1]: note'].join('\n');

describe('a limited tree', () => {
  it('is the same one when it is small', () => {
    const blocks = parseMarkdown(text);

    const limited = limitBlocks(blocks, 1_000);

    expect(limited.whole).toBe(true);
    expect(limited.blocks.every((block, index) => block === blocks[index])).toBe(true);
  });

  it('is a beginning of it, ever longer, whose whole parts are the same', () => {
    const blocks = parseMarkdown(text);
    let before = 0;
    for (let most = 1; most < 60; most += 1) {
      const { blocks: part, whole } = limitBlocks(blocks, most);
      const size = JSON.stringify(part).length;

      expect(size).toBeGreaterThanOrEqual(before);
      expect(part.slice(0, -1).every((block, index) => block === blocks[index])).toBe(true);
      expect(whole).toBe(size === JSON.stringify(blocks).length);
      before = size;
    }
  });

  it.each(['*a* '.repeat(10_000), `**${'*a* '.repeat(10_000)}b**`])('draws what one paragraph holds too much of as text, and loses none of it', (long) => {
    const { blocks } = limitBlocks(parseMarkdown(long), 100_000);
    const [paragraph] = blocks;

    expect(paragraph?.type === 'paragraph' && paragraph.children.length).toBeLessThan(4_001);
    expect(paragraph?.type === 'paragraph' && inlineText(paragraph.children)).toBe(long.replaceAll('*', '').trim());
  });
});

it('a preview is one line', () => {
  expect(previewLine(text, 1_000)).toBe('a b c one, two x q a, b, 1, 2 end note');
});

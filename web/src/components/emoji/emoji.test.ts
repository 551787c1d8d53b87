import { describe, expect, it } from 'vitest';
import { allEmoji, emojiOf, findEmoji, groups, inTone } from './emoji';

const signs = (query: string, recent: string[] = []) => findEmoji(query, 6, recent).map(({ sign }) => sign);

describe('emoji', () => {
  it('are all there, each with a name of its own', () => {
    expect(groups).toHaveLength(9);
    expect(allEmoji.length).toBeGreaterThan(1_800);
    expect(new Set(allEmoji.map(({ sign }) => sign)).size).toBe(allEmoji.length);
    expect(new Set(allEmoji.map(({ names }) => names[0])).size).toBe(allEmoji.length);
  });

  it('are found by the start of a word, whole names first', () => {
    expect(signs('tea')[0]).toBe('🍵');
    expect(signs('+1')).toEqual(['👍']);
    expect(signs('tada')).toEqual(['🎉']);
    expect(signs('heart')[0]).toBe('❤️');
    expect(signs('rocket')[0]).toBe('🚀');
    expect(signs('xq')).toEqual([]);
  });

  it('that were used lately come before others, behind an exact name', () => {
    expect(signs('hea')[0]).not.toBe('💚');
    expect(signs('hea', ['💚'])[0]).toBe('💚');
    expect(signs('heart', ['💚']).slice(0, 2)).toEqual(['❤️', '💚']);
  });

  it('have the skin tone that was chosen, if they have any', () => {
    const thumb = findEmoji('+1', 1)[0]!;

    expect(inTone(thumb, 3)).toBe('👍🏽');
    expect(inTone(thumb, 0)).toBe(thumb.sign);
    expect(inTone(emojiOf('🎉')!, 3)).toBe('🎉');
    expect(emojiOf('👍🏽')).toBe(thumb);
  });
});

import { describe, expect, it } from 'vitest';
import { charactersOver, countCharacters } from './text-length';

const most = 16_000;

describe('the length of a text', () => {
  it.each([
    ['', 0], ['abc', 3], ['é', 1], ['e\u0301', 2], ['👍', 1], ['👍🏽', 2], ['👩‍👩‍👧', 5], ['🇦🇹', 2], ['漢字', 2], ['𠮷', 1], ['a👍b', 3],
    ['\ud83d', 1], ['\ud83d\ud83d\ude00', 2], ['\ude00\ud83d', 2],
  ])('of %j is %i', (text, count) => {
    expect(countCharacters(text)).toBe(count);
  });

  it('is within bounds for as many emoji as a message holds', () => {
    expect(charactersOver('👍'.repeat(most), most)).toBe(0);
    expect(charactersOver('👍'.repeat(most + 2), most)).toBe(2);
  });

  it('leaves out what is around the text', () => {
    expect(charactersOver(`  ${'a'.repeat(most)}\n\n`, most)).toBe(0);
  });
});

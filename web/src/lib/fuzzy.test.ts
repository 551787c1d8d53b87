import { describe, expect, it } from 'vitest';
import { cpuMilliseconds } from '@/testing/cpu';
import { fuzzyScore, fuzzySearch } from './fuzzy';

const entries = (...texts: string[]) => texts.map((text, index) => ({ value: text, text, rank: -index }));
const found = (query: string, ...texts: string[]) => fuzzySearch(entries(...texts), query, 10).map((match) => match.value);

describe('fuzzy search', () => {
  it('lists the most recent first when nothing is asked', () => {
    expect(found('', 'b', 'a')).toEqual(['b', 'a']);
  });

  it('finds letters in order only', () => {
    expect(found('gdn', 'Garden', 'Digging')).toEqual(['Garden']);
    expect(fuzzyScore('nedrag', 'garden')).toBeNull();
  });

  it('prefers the start of words', () => {
    expect(found('re', 'Core team', 'Release 2', 'A rework')).toEqual(['Release 2', 'A rework', 'Core team']);
  });

  it('finds initials', () => {
    expect(found('jp', 'Jumper', 'June Park')[0]).toBe('June Park');
  });

  it('does not care for accents and case', () => {
    expect(found('jose', 'José')).toEqual(['José']);
    expect(found('ÅSA', 'Åsa')).toEqual(['Åsa']);
  });

  it('searches five thousand entries within 50 ms', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => ({ value: index, text: `Room number ${index} of the house`, rank: index }));
    fuzzySearch(many, 'warm up', 50);

    expect(cpuMilliseconds(() => fuzzySearch(many, 'rm 49', 50))).toBeLessThan(50);
  });
});

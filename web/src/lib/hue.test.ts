import { expect, it } from 'vitest';
import { hueOf, initialsOf } from './hue';

it('a person has the same hue each time, and people differ', () => {
  const ids = Array.from({ length: 400 }, (_, index) => `018f0000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`);

  expect(hueOf('018f')).toBe(hueOf('018f'));
  expect(new Set(ids.map(hueOf)).size).toBe(12);
});

it.each([
  ['Ada Lindqvist', 'AL'], ['leo', 'L'], ['mira.haddad', 'MH'], ['Jean-Luc van Damme', 'JD'], ['  ', '?'], ['李 小龍', '李小'], ['😀 x', '😀X'], ['Ada 17', 'A'], ['7 of nine', 'ON'], ['42', '4'],
])('the initials of %s are %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});

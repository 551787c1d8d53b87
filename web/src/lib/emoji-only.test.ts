import { expect, it } from 'vitest';
import { countOnlyEmoji } from './emoji-only';

it.each([
  ['🎉', 1],
  ['👍🏽 👍', 2],
  ['👨‍👩‍👧‍👦', 1],
  ['🇫🇷🇩🇪', 2],
  ['❤️', 1],
  ['1️⃣ #️⃣', 2],
  [' 🎉\n🎉 ', 2],
  ['🏴󠁧󠁢󠁳󠁣󠁴󠁿', 1],
  ['', 0],
  ['1', 0],
  ['#', 0],
  ['©', 0],
  ['🎉!', 0],
  ['ok 🎉', 0],
  ['🎉'.repeat(12), 12],
  ['🎉'.repeat(13), 0],
])('%j is made of %i emoji', (text, count) => {
  expect(countOnlyEmoji(text)).toBe(count);
});

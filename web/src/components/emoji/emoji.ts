import packed from 'virtual:emoji';

// The emoji with their names: loaded by the first colon or the first look into the picker.

export interface Emoji {
  sign: string;
  label: string;
  // What stands between colons, the usual one first.
  names: readonly string[];
  words: readonly string[];
  // With the five skin tones, from light to dark; empty if there are none.
  tones: readonly string[];
}

export interface EmojiGroup {
  emoji: readonly Emoji[];
}

const split = (text: string | undefined) => (text ? text.split(' ') : []);

export const groups: readonly EmojiGroup[] = packed.map((entries) => ({
  emoji: entries.map(([sign, label, names, words, tones]) => ({ sign, label, names: split(names), words: split(words), tones: split(tones) })),
}));

export const allEmoji: readonly Emoji[] = groups.flatMap((group) => group.emoji);

const bySign = new Map(allEmoji.flatMap((one) => [one.sign, ...one.tones].map((sign) => [sign, one] as const)));

export const emojiOf = (sign: string): Emoji | undefined => bySign.get(sign);

// As a person wants it: with the skin tone of their choice, 1 to 5; 0 is none.
export const inTone = (one: Emoji, tone: number): string => one.tones[tone - 1] ?? one.sign;

// How well a query finds an emoji: smaller is better, null is not at all.
function rankOf({ names, words }: Emoji, query: string): number | null {
  if (names.includes(query)) return 0;
  if (names.some((name) => name.startsWith(query))) return 1;
  if (names.some((name) => name.split(/[_-]/).some((part) => part.startsWith(query)))) return 2;
  return words.some((word) => word.startsWith(query)) ? 3 : null;
}

// Those with a word that starts with the query: an exact name first, then those used lately, then names before other
// words and short names before long ones. Nothing looser: Enter takes the first.
export function findEmoji(query: string, most: number, recent: readonly string[] = []): Emoji[] {
  const wanted = query.toLowerCase().replaceAll(' ', '_');
  const used = new Map(recent.map((sign, index) => [emojiOf(sign)?.sign, index] as const));
  const found = allEmoji.flatMap((one) => {
    const rank = rankOf(one, wanted);
    return rank === null ? [] : [{ one, rank, used: rank === 0 ? -1 : (used.get(one.sign) ?? Infinity), length: one.names[0]?.length ?? 0 }];
  });
  found.sort((a, b) => Number(b.rank === 0) - Number(a.rank === 0) || compare(a.used, b.used) || a.rank - b.rank || (a.rank === 1 ? a.length - b.length : 0));
  return found.slice(0, most).map(({ one }) => one);
}

// Two infinities are equal.
const compare = (a: number, b: number): number => (a === b ? 0 : a - b);

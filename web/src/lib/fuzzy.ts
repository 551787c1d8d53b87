// Fuzzy matching for the switcher and the mention popup: letters in order, better when they start
// words and stand together. Case and accents do not matter.

export interface FuzzyEntry<T> {
  value: T;
  text: string;
  // Larger is more recent or more important; settles ties and orders an empty query.
  rank: number;
}

export interface FuzzyMatch<T> {
  value: T;
  score: number;
}

export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function startsWord(text: string, at: number): boolean {
  return at === 0 || /[\s._\-/@#]/.test(text.charAt(at - 1));
}

// The score of folded `query` in folded `text`; null when a letter is missing.
export function fuzzyScore(query: string, text: string): number | null {
  if (query === '') return 0;
  const whole = text.indexOf(query);
  if (whole >= 0) {
    return 1000 + (startsWord(text, whole) ? 200 : 0) + (whole === 0 ? 100 : 0) - Math.min(text.length, 90);
  }
  let score = 0;
  let from = 0;
  let previous = -2;
  for (const letter of query) {
    if (letter === ' ') continue;
    const at = bestPlace(letter, text, from, previous);
    if (at < 0) return null;
    score += at === previous + 1 ? 14 : startsWord(text, at) ? 10 : 1;
    score -= Math.min(at - from, 12) * 0.5;
    previous = at;
    from = at + 1;
  }
  return score;
}

// The next place of a letter, preferring the one right after the last, then a word's start.
function bestPlace(letter: string, text: string, from: number, previous: number): number {
  if (previous >= 0 && text.charAt(previous + 1) === letter) return previous + 1;
  const first = text.indexOf(letter, from);
  for (let at = first; at >= 0; at = text.indexOf(letter, at + 1)) {
    if (startsWord(text, at)) return at;
  }
  return first;
}

export function fuzzySearch<T>(entries: readonly FuzzyEntry<T>[], query: string, limit: number): FuzzyMatch<T>[] {
  const folded = fold(query.trim());
  const found: (FuzzyMatch<T> & { rank: number })[] = [];
  for (const entry of entries) {
    const score = fuzzyScore(folded, fold(entry.text));
    if (score !== null) found.push({ value: entry.value, score, rank: entry.rank });
  }
  found.sort((a, b) => b.score - a.score || b.rank - a.rank);
  return found.slice(0, limit);
}

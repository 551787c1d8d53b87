const hues = [12, 40, 68, 95, 125, 150, 178, 205, 235, 265, 300, 335];

// The same person has the same colour everywhere: FNV-1a over the id, one of twelve hues.
export function hueOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193) >>> 0;
  }
  hash = (hash ^ (hash >>> 15)) >>> 0;
  return hues[hash % hues.length] ?? 68;
}

// One or two letters that stand for a name. Words of digits alone stand for nothing while there are others: A1 would say
// that somebody is called so.
export function initialsOf(name: string): string {
  const all = name.trim().split(/[\s._-]+/u).filter(Boolean);
  const named = all.filter((word) => !/^\p{N}/u.test(word));
  const words = named.length > 0 ? named : all;
  const first = firstLetter(words[0] ?? '');
  const last = words.length > 1 ? firstLetter(words[words.length - 1] ?? '') : '';
  return (first + last).toUpperCase() || '?';
}

function firstLetter(word: string): string {
  return Array.from(word)[0] ?? '';
}

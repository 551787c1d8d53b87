import { findAddress, joinsName } from './addresses';

// Where a text may mention somebody. Whom it does mention the server says; this finds the places, by its rules.

const nameCharacters = /[a-z0-9_.-]*/iy;
const shortestName = 3;
// With signs of the sentence at its end.
const longestName = 35;

export function nameAt(text: string, at: number): string {
  nameCharacters.lastIndex = at;
  return nameCharacters.exec(text)?.[0] ?? '';
}

export interface Place {
  // Of the @.
  at: number;
  name: string;
}

// Signs @ at `silenced` places were escaped: they call nobody.
export function findPlaces(text: string, silenced: ReadonlySet<number>): Place[] {
  const places: Place[] = [];
  if (!text.includes('@')) return places;
  for (const word of text.matchAll(/[^ \t\n<]+/g)) {
    if (word[0].includes('@')) findInWord(word[0].slice(0, findAddress(word[0])), word.index, silenced, places);
  }
  return places;
}

function findInWord(word: string, from: number, silenced: ReadonlySet<number>, places: Place[]): void {
  for (let at = word.indexOf('@'); at >= 0; at = word.indexOf('@', at + 1)) {
    if (silenced.has(from + at) || (at > 0 && joinsName(word.charAt(at - 1)))) continue;
    const name = nameAt(word, at + 1);
    if (name.length < shortestName || isElsewhere(word.slice(at + 1 + name.length))) continue;
    places.push({ at: from + at, name: name.slice(0, longestName) });
  }
}

// `@example.org` behind a name.
const isElsewhere = (rest: string): boolean => rest.startsWith('@') && /^[^.]+\../.test(nameAt(rest, 1));

// The user name that a mention calls, of those that may be called: a full stop, a hyphen or an underscore at its
// end may belong to the sentence.
export function calledName(written: string, isName: (name: string) => boolean): string | null {
  let name = written.toLowerCase();
  while (!isName(name)) {
    if (name.length <= shortestName || !/[._-]$/.test(name)) return null;
    name = name.slice(0, -1);
  }
  return name;
}

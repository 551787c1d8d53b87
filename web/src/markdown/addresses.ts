// Whether what stands before an @ or an address makes it no beginning of a name.
export const joinsName = (char: string): boolean => /[a-z0-9_.@-]/i.test(char);

// Where a bare address begins in a word of text; it goes on to the word's end. The word's length when there is
// none. Addresses begin with `scheme://`, `mailto:`, `www.` or a host before a slash, as the server reads them.
export function findAddress(word: string): number {
  return Math.min(findScheme(word), findPrefix(word), findHost(word));
}

const isStart = (word: string, at: number) => at === 0 || !(joinsName(word.charAt(at - 1)) || word.charAt(at - 1) === '/');

function findScheme(word: string): number {
  const colon = word.indexOf('://');
  const scheme = colon < 0 ? null : /[a-z][a-z0-9+.-]+$/i.exec(word.slice(Math.max(0, colon - 32), colon));
  return scheme ? colon - scheme[0].length : word.length;
}

function findPrefix(word: string): number {
  for (const match of word.matchAll(/www\.|mailto:/gi)) if (isStart(word, match.index)) return match.index;
  return word.length;
}

function findHost(word: string): number {
  const slash = word.indexOf('/');
  if (slash < 0) return word.length;
  const host = /[a-z0-9_.:-]*$/i.exec(word.slice(Math.max(0, slash - 260), slash))?.[0] ?? '';
  const begin = slash - host.length;
  return isStart(word, begin) && isHost(host) ? begin : word.length;
}

function isHost(host: string): boolean {
  const [name = '', port, ...more] = host.split(':');
  if (name === '' || name.startsWith('.') || name.endsWith('.') || name.includes('..') || more.length > 0) return false;
  if (port === undefined) return name.includes('.');
  return /^\d+$/.test(port) && (/^[a-z]/i.test(name) || name.includes('.'));
}

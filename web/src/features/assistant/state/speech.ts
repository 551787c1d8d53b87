// What of a growing text is read out next: whole sentences, never single words, and code only by its name.

export interface Spoken {
  // So much of the text has been read out.
  until: number;
  inCode: boolean;
}

export const nothingSpoken: Spoken = { until: 0, inCode: false };

const sentenceEnd = /[.!?…。！？]["'”’)\]]*(?=\s)|\n/gu;
const fence = /^ {0,3}(?:`{3,}|~{3,})\s*(\S*)/;
const mostCharacters = 600;

export interface Utterance {
  words: string;
  spoken: Spoken;
}

// `codeName` says in words that code of a language follows.
export function nextUtterance(text: string, spoken: Spoken, ended: boolean, codeName: (language: string) => string): Utterance {
  const end = ended ? text.length : lastEnd(text, spoken.until);
  let { inCode } = spoken;
  const parts: string[] = [];
  for (const line of text.slice(spoken.until, end).split('\n')) {
    const opens = fence.exec(line);
    if (opens) {
      if (!inCode) parts.push(`${codeName(opens[1] ?? '')}.`);
      inCode = !inCode;
    } else if (!inCode) {
      parts.push(plainLine(line));
    }
  }
  return { words: parts.filter(Boolean).join(' ').slice(0, mostCharacters), spoken: { until: end, inCode } };
}

function lastEnd(text: string, from: number): number {
  let end = from;
  for (const match of text.slice(from).matchAll(sentenceEnd)) end = from + match.index + match[0].length;
  return end;
}

// A line without its marks, as it would be read.
function plainLine(line: string): string {
  return line
    .replace(/^ {0,3}(?:#{1,6}\s+|>\s?|[-*+]\s+(?:\[[ xX]\]\s+)?)/, '')
    .replace(/^\s*\|?[\s:|-]*$/, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(\*\*|~~|`)/g, '')
    .replace(/\s*\|\s*/g, ', ')
    .replace(/^, |, $/g, '')
    .trim();
}

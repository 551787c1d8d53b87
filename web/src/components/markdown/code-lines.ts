// Code as lines, in groups that are drawn and coloured as one.

// A class name, which may be empty, and what it colours.
export type Token = readonly [string, string];
// A line without its end: coloured pieces, or plain text.
export type CodeLine = readonly Token[] | string;

export interface HighlightRequest {
  id: number;
  language: string;
  text: string;
}

export interface HighlightReply {
  id: number;
  // null: the language is not known.
  lines: CodeLine[] | null;
}

export interface Highlighted {
  text: string;
  lines: readonly CodeLine[];
}

export const linesInGroup = 32;

export interface CodeGroups {
  // Of `linesInGroup` lines each, all of them complete.
  full: readonly (readonly CodeLine[])[];
  rest: readonly CodeLine[];
}

// The lines of a text, with the colours of an earlier state of it as far as they reach.
export function groupLines(text: string, colours: Highlighted | null): CodeGroups {
  const lines: CodeLine[] = text.split('\n');
  if (colours && text.startsWith(colours.text)) paint(lines as string[], colours);
  const complete = Math.floor((lines.length - 1) / linesInGroup);
  const full = Array.from({ length: complete }, (_, group) => lines.slice(group * linesInGroup, (group + 1) * linesInGroup));
  return { full, rest: lines.slice(complete * linesInGroup) };
}

function paint(lines: CodeLine[], colours: Highlighted): void {
  const last = colours.lines.length - 1;
  for (let at = 0; at < last; at += 1) lines[at] = colours.lines[at] ?? '';
  const plain = lines[last];
  const painted = colours.lines[last];
  if (typeof plain !== 'string' || typeof painted === 'string' || !painted) return;
  // The line that was still coming keeps the colours of its beginning.
  const known = painted.reduce((sum, [, piece]) => sum + piece.length, 0);
  lines[last] = known < plain.length ? [...painted, ['', plain.slice(known)]] : painted;
}

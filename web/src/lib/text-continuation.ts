// What a new line in the composer brings along: the next list mark, a quote's sign, or an end to them.

export interface TextEdit {
  text: string;
  caret: number;
}

const item = /^(\s*)([-*+]|(\d{1,9})([.)]))(\s+)(\[[ xX]\]\s+)?(.*)$/;
const quote = /^(\s*>\s?)(.*)$/;

// Whether the caret stands inside a code fence that is still open.
export function insideFence(text: string, caret: number): boolean {
  const marks = text.slice(0, caret).match(/^ {0,3}(```|~~~)/gm);
  return (marks?.length ?? 0) % 2 === 1;
}

// The text after Enter that breaks the line at `caret`; null when nothing but the line end is added.
export function continueLine(text: string, caret: number): TextEdit | null {
  const start = text.lastIndexOf('\n', caret - 1) + 1;
  const line = text.slice(start, caret);
  if (insideFence(text, caret)) return continueCode(text, caret, line);
  const listed = item.exec(line);
  if (listed) {
    if ((listed[7] ?? '') === '') return endList(text, start, caret);
    const mark = listed[3] === undefined ? listed[2] : `${Number(listed[3]) + 1}${listed[4] ?? '.'}`;
    return insert(text, caret, `\n${listed[1] ?? ''}${mark ?? '-'}${listed[5] ?? ' '}${listed[6] ? '[ ] ' : ''}`);
  }
  const quoted = quote.exec(line);
  if (quoted) {
    if ((quoted[2] ?? '') === '') return endList(text, start, caret);
    return insert(text, caret, `\n${quoted[1] ?? '> '}`);
  }
  return null;
}

// Code keeps its indentation, and a fence that was just opened gets its closing line.
function continueCode(text: string, caret: number, line: string): TextEdit | null {
  const opens = /^ {0,3}(```|~~~)\S*$/.exec(line);
  if (opens && !closesLater(text, caret, opens[1] ?? '```')) {
    const edit = insert(text, caret, `\n\n${opens[1] ?? '```'}`);
    return { text: edit.text, caret: caret + 1 };
  }
  const indent = /^\s+/.exec(line)?.[0];
  return indent ? insert(text, caret, `\n${indent}`) : null;
}

function closesLater(text: string, caret: number, mark: string): boolean {
  return text.slice(caret).split('\n').some((line) => line.trim() === mark);
}

function insert(text: string, caret: number, added: string): TextEdit {
  return { text: text.slice(0, caret) + added + text.slice(caret), caret: caret + added.length };
}

function endList(text: string, start: number, caret: number): TextEdit {
  return { text: text.slice(0, start) + text.slice(caret), caret: start };
}

export interface Completion {
  sign: '@' | ':' | '/';
  from: number;
  query: string;
}

const patterns: [Completion['sign'], RegExp][] = [
  ['@', /(?:^|[\s([{"'])@([\p{L}\p{N}_.-]{0,32})$/u],
  // Two letters at least, so that :) and :D stay what they are.
  [':', /(?:^|[\s([{"']):([a-z0-9_+-]{2,32})$/i],
  ['/', /^\/([a-z]{0,16})$/],
];

// The @person, :emoji or /command that the caret stands in, if any. A command is the message's first word.
export function completionAt(text: string, caret: number): Completion | null {
  const before = text.slice(0, caret);
  for (const [sign, pattern] of patterns) {
    const query = pattern.exec(before)?.[1];
    if (query !== undefined) return insideFence(text, caret) ? null : { sign, from: caret - query.length - 1, query };
  }
  return null;
}

import type { Block, Inline } from './ast';
import { blockTree, type PlacedNote } from './blocks';
import { blockTokens, definitionsAfter, hasOwnDefinitions, inlineTokens, type Definitions } from './grammar';
import { inlineTree } from './inline';

// Markdown as a tree of blocks. Chat rules where CommonMark leaves a choice: a single line end is a line break
// when it is drawn, and raw HTML is text.

export function parseMarkdown(text: string): Block[] {
  const numbers: NoteNumbers = new Map();
  const { blocks, notes } = parsePart(normalized(text), { definitions: definitionsAfter(null, false), numbers });
  return withNotes(blocks, notes, numbers);
}

export function normalized(text: string): string {
  const lines = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  return lines.includes('\0') ? lines.replaceAll('\0', '\ufffd') : lines;
}

export interface Part {
  blocks: Block[];
  notes: PlacedNote[];
}

// The number of each label, in the order in which the text asks for them.
export type NoteNumbers = Map<string, number>;
// What lines hold, by their text.
export type InlineCache = Map<string, Inline[]>;

export interface PartContext {
  // What the part defines is added.
  definitions: Definitions;
  numbers: NoteNumbers;
  // Lines that are in `known` are not parsed again; `seen` is filled with those of this part.
  known?: InlineCache;
  seen?: InlineCache;
}

// `text` is normalized.
export function parsePart(text: string, context: PartContext): Part {
  const { definitions, numbers, known, seen } = context;
  const tokens = blockTokens(text, definitions);
  const parse = (line: string): Inline[] => isPlain(line) ? [{ type: 'text', text: line }] : inlineTree(inlineTokens(line, definitions), (label) => numberOf(numbers, label));
  // What a definition that is still being written gives is not kept.
  const defines = hasOwnDefinitions(definitions);
  const inline = (line: string) => {
    if (!seen || (defines && line.includes('['))) return parse(line);
    const children = seen.get(line) ?? known?.get(line) ?? parse(line);
    seen.set(line, children);
    return children;
  };
  return blockTree(tokens, { inline, lines: text.split('\n') });
}

// A line without any sign of Markdown is what it is.
const isPlain = (line: string) => line !== '' && !/[\n!$&*:<@[\\\]^_`~]|www\./i.test(line);

function numberOf(numbers: NoteNumbers, label: string): number {
  const number = numbers.get(label) ?? numbers.size + 1;
  numbers.set(label, number);
  return number;
}

// The blocks with the notes below them. Those that nothing asks for stand last.
export function withNotes(blocks: readonly Block[], notes: readonly PlacedNote[], numbers: NoteNumbers): Block[] {
  if (notes.length === 0) return [...blocks];
  const first = new Map<string, PlacedNote>();
  for (const note of notes) if (!first.has(note.label)) first.set(note.label, note);
  const numbered = [...first.values()].map((note) => ({ number: numberOf(numbers, note.label), blocks: note.blocks }));
  return [...blocks, { type: 'notes', notes: numbered.sort((a, b) => a.number - b.number) }];
}

import type { Block } from './ast';
import type { PlacedNote } from './blocks';
import { blockTokens, definitionsAfter, hasOwnDefinitions, type Definitions } from './grammar';
import { mendTail } from './mend';
import { normalized, parseMarkdown, parsePart, withNotes, type InlineCache, type NoteNumbers } from './parse';
import { share } from './share';

// Markdown that grows at its end. Blocks that nothing can change any more are kept and never parsed again;
// only what comes after them is.
export interface Growing {
  text: string;
  blocks: readonly Block[];
  // So many blocks are finished, and so many characters of the text are theirs.
  finished: number;
  finishedLength: number;
  // What the finished part says for the rest.
  definitions: Definitions | null;
  notes: readonly PlacedNote[];
  numbers: NoteNumbers;
  // The lines of the open part.
  lines: InlineCache;
}

export const emptyGrowing: Growing = {
  text: '', blocks: [], finished: 0, finishedLength: 0, definitions: null, notes: [], numbers: new Map(), lines: new Map(),
};

export function grow(before: Growing, written: string, ended: boolean): Growing {
  // The second half of a line's end may still come.
  const text = normalized(!ended && written.endsWith('\r') ? written.slice(0, -1) : written);
  const goesOn = text.length >= before.finishedLength && text.startsWith(before.text.slice(0, before.finishedLength));
  if (goesOn && text === before.text && !ended) return before;
  const known = goesOn ? before : emptyGrowing;
  const from = ended ? known : finish(known, text);
  const tail = text.slice(from.finishedLength);
  const definitions = definitionsAfter(from.definitions, !ended);
  const numbers = new Map(from.numbers);
  const lines: InlineCache = new Map();
  const shown = ended ? tail : mendTail(tail.split('\n')).join('\n');
  const open = parsePart(shown, { definitions, numbers, known: from.lines, seen: lines });
  // A definition counts for what stands above it, too.
  const defines = from.definitions !== null || hasOwnDefinitions(definitions);
  const all = ended && defines ? parseMarkdown(text) : withNotes([...from.blocks.slice(0, from.finished), ...open.blocks], [...from.notes, ...open.notes], numbers);
  // What did not change keeps its identity, so that nothing is drawn again.
  const blocks = all.map((block, index) => share(before.blocks[index], block));
  return { ...from, text, blocks, lines };
}

// The state after the blocks that are finished by now; its `blocks` are those.
function finish(from: Growing, text: string): Growing {
  const tail = text.slice(from.finishedLength);
  const length = finishedLength(tail);
  if (length === 0) return from;
  const definitions = definitionsAfter(from.definitions, false);
  const numbers = new Map(from.numbers);
  const { blocks, notes } = parsePart(tail.slice(0, length), { definitions, numbers, known: from.lines, seen: new Map() });
  const defines = hasOwnDefinitions(definitions);
  return {
    text,
    blocks: [...from.blocks.slice(0, from.finished), ...blocks],
    finished: from.finished + blocks.length,
    finishedLength: from.finishedLength + length,
    definitions: defines ? definitions : from.definitions,
    notes: [...from.notes, ...notes],
    numbers,
    lines: defines ? new Map() : from.lines,
  };
}

// How many characters of an open part belong to blocks that are final: all before the last one. That one must have
// two complete lines, for a line may turn out to be a table's head by the next; and a formula that does not close
// is no block of its own.
function finishedLength(tail: string): number {
  const lines = tail.split('\n');
  const complete = lines.length - 1;
  const starts = blockTokens(tail, definitionsAfter(null, true))
    .filter(({ level, nesting, map, meta }) => level === 0 && nesting >= 0 && map !== null && meta?.open !== true)
    .map(({ map }) => map?.[0] ?? 0);
  const last = starts.slice(1).findLast((line) => line + 1 < complete) ?? 0;
  let length = 0;
  for (let at = 0; at < last; at += 1) length += (lines[at]?.length ?? 0) + 1;
  return length;
}

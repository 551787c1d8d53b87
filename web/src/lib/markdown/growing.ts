import type { Block } from './ast';
import { mendTail } from './mend';
import { parsePlaced, type PlacedBlock } from './parse';
import { share } from './share';

// Markdown that grows at its end. Blocks that nothing can change any more are kept and never parsed again;
// only what comes after them is.
export interface Growing {
  text: string;
  blocks: readonly Block[];
  // So many blocks are finished, and so many characters of the text are theirs.
  finished: number;
  finishedLength: number;
}

export const emptyGrowing: Growing = { text: '', blocks: [], finished: 0, finishedLength: 0 };

export function grow(before: Growing, text: string, ended: boolean): Growing {
  const goesOn = text.length >= before.finishedLength && text.startsWith(before.text.slice(0, before.finishedLength));
  const from = goesOn ? before : emptyGrowing;
  if (goesOn && text === before.text && !ended) return before;
  const tail = text.slice(from.finishedLength);
  const lines = tail.split('\n');
  const placed = parsePlaced(lines);
  const done = finishedCount(placed, lines);
  const open = ended ? placed.slice(done) : parsePlaced(mendTail(lines)).slice(done);
  const fresh = [...placed.slice(0, done), ...open].map(({ block }) => block);
  const kept = from.blocks.slice(0, from.finished);
  // What did not change keeps its identity, so that nothing is drawn again.
  const shared = fresh.map((block, index) => share(from.blocks[from.finished + index], block));
  const lastLine = done > 0 ? (placed[done - 1]?.next ?? 0) : 0;
  return {
    text,
    blocks: [...kept, ...shared],
    finished: from.finished + done,
    finishedLength: from.finishedLength + lengthOf(lines, lastLine),
  };
}

// Characters of the first `count` lines, with their line ends.
function lengthOf(lines: string[], count: number): number {
  let length = 0;
  for (let at = 0; at < count; at += 1) length += (lines[at]?.length ?? 0) + 1;
  return length;
}

// How many blocks from the first are final. The last line may still grow, so nothing rests on it.
function finishedCount(placed: PlacedBlock[], lines: string[]): number {
  const complete = lines.length - 1;
  let count = 0;
  while (count < placed.length && isFinal(placed[count] as PlacedBlock, lines, complete)) count += 1;
  return count;
}

function isFinal({ block, next }: PlacedBlock, lines: string[], complete: number): boolean {
  switch (block.type) {
    case 'heading':
    case 'rule':
    case 'code':
      return next <= complete;
    case 'list':
      // An empty line ends a list only when no item follows it.
      return next < complete && ((lines[next] ?? '').trim() !== '' || next + 1 < complete);
    case 'paragraph':
      // The line below may turn out to be a table's head by the line after it.
      return next < complete && ((lines[next] ?? '').trim() === '' || next + 1 < complete);
    case 'quote':
    case 'table':
      return next < complete;
  }
}

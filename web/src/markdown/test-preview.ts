import type { Block } from './ast';
import { parseMarkdown } from './parse';
import { inlineText } from './plain';

// A message in one line by this reader. The app shows the preview that the server sent; the tests hold the two readers
// against each other by it.

function blockText(block: Block): string {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return inlineText(block.children);
    case 'list':
      return block.items.map((item) => blocksText(item.blocks)).join(', ');
    case 'quote':
      return blocksText(block.blocks);
    case 'code':
      return block.text.trim();
    case 'math':
      return block.source;
    case 'table':
      return [block.head, ...block.rows].flatMap((cells) => cells.map(inlineText)).join(', ');
    case 'notes':
      return block.notes.map((note) => blocksText(note.blocks)).join(' ');
    case 'rule':
      return '';
  }
}

const blocksText = (blocks: readonly Block[]) => blocks.map(blockText).filter(Boolean).join(' ');

// How much is read for each character that is wanted: marks and addresses take room of their own.
const readForEach = 16;

const oneLine = (text: string) => text.replace(/[ \n\t]+/g, ' ').trim();

export function previewLine(markdown: string, most = 240): string {
  const head = markdown.slice(0, most * readForEach);
  const line = oneLine(blocksText(parseMarkdown(head))) || oneLine(head);
  const characters = Array.from(line.slice(0, 2 * most + 2));
  if (characters.length <= most && head.length === markdown.length) return line;
  return `${characters.slice(0, most - 1).join('').trimEnd()}…`;
}

import type { Block, Inline } from './ast';
import { parseMarkdown } from './parse';

export function inlineText(nodes: readonly Inline[]): string {
  return nodes.map(nodeText).join('');
}

function nodeText(node: Inline): string {
  switch (node.type) {
    case 'text':
    case 'code':
      return node.text;
    case 'mention':
      return `@${node.text}`;
    case 'image':
      return node.alt;
    case 'math':
      return node.source;
    case 'note':
      return '';
    case 'break':
      return ' ';
    default:
      return inlineText(node.children);
  }
}

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

// One line of a message without its marks: for lists, quotes and notifications. The same as the server's preview.
export function plainText(markdown: string, most = 240): string {
  const head = markdown.slice(0, most * readForEach);
  const line = oneLine(blocksText(parseMarkdown(head))) || oneLine(head);
  const characters = Array.from(line.slice(0, 2 * most + 2));
  if (characters.length <= most && head.length === markdown.length) return line;
  return `${characters.slice(0, most - 1).join('').trimEnd()}…`;
}

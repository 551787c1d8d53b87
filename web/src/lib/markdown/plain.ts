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
      return `@${node.name}`;
    case 'image':
      return node.alt;
    case 'math':
      return node.tex;
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
      return block.text;
    case 'math':
      return block.tex;
    case 'table':
      return [block.head, ...block.rows].map((cells) => cells.map(inlineText).join(', ')).join('; ');
    case 'notes':
      return block.notes.map((note) => blocksText(note.blocks)).join(' ');
    case 'rule':
      return '';
  }
}

const blocksText = (blocks: readonly Block[]) => blocks.map(blockText).filter(Boolean).join(' ');

// One line of a message without its marks: for lists, quotes and notifications.
export function plainText(markdown: string, most = 240): string {
  return blocksText(parseMarkdown(markdown.slice(0, most * 2))).replace(/\s+/g, ' ').trim().slice(0, most);
}

import type { Block, Inline } from './ast';
import { parseMarkdown } from './parse';

function inlineText(nodes: Inline[]): string {
  return nodes
    .map((node) => {
      if (node.type === 'text' || node.type === 'code') return node.text;
      if (node.type === 'mention') return `@${node.name}`;
      return node.type === 'break' ? ' ' : inlineText(node.children);
    })
    .join('');
}

function blockText(block: Block): string {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return inlineText(block.children);
    case 'list':
      return block.items.map((item) => item.blocks.map(blockText).join(' ')).join(', ');
    case 'quote':
      return block.blocks.map(blockText).join(' ');
    case 'code':
      return block.text;
    case 'table':
      return block.head.map(inlineText).join(', ');
    case 'rule':
      return '';
  }
}

// One line of a message without its marks: for lists, quotes and notifications.
export function plainText(markdown: string, most = 240): string {
  const blocks = parseMarkdown(markdown.slice(0, most * 2));
  return blocks.map(blockText).filter(Boolean).join(' ').replace(/\s+/g, ' ').slice(0, most);
}

import type { Block, Inline } from './ast';

// The direction that a text's first letter gives it. The browser's dir=auto passes over blocks that have a
// direction of their own, so what holds blocks needs this.

export type Direction = 'ltr' | 'rtl';

const letter = /\p{L}/u;
const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}]/u;

export function directionOf(text: string): Direction | null {
  const first = letter.exec(text)?.[0];
  if (first === undefined) return null;
  return rightToLeft.test(first) ? 'rtl' : 'ltr';
}

function firstOf<T>(values: readonly T[], find: (value: T) => Direction | null): Direction | null {
  for (const value of values) {
    const found = find(value);
    if (found) return found;
  }
  return null;
}

export const inlineDirection = (nodes: readonly Inline[]): Direction | null => firstOf(nodes, nodeDirection);

function nodeDirection(node: Inline): Direction | null {
  if ('children' in node) return inlineDirection(node.children);
  return node.type === 'text' ? directionOf(node.text) : null;
}

export const blocksDirection = (blocks: readonly Block[]): Direction | null => firstOf(blocks, blockDirection);

export function blockDirection(block: Block): Direction | null {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return inlineDirection(block.children);
    case 'list':
      return firstOf(block.items, (item) => blocksDirection(item.blocks));
    case 'quote':
      return blocksDirection(block.blocks);
    case 'table':
      return firstOf([block.head, ...block.rows], (row) => firstOf(row, inlineDirection));
    default:
      return null;
  }
}

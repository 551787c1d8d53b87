import type { Block, Inline, ListItem, Note } from './ast';
import { inlineText } from './plain';

// The first part of a tree, so that a huge one is drawn a part at a time. Whole parts keep their identity.

// A paragraph is laid out at once: beyond so much, what it holds is drawn as plain text.
const mostInParagraph = 4_000;

export interface Limited {
  blocks: readonly Block[];
  // Nothing was left out.
  whole: boolean;
}

export function limitBlocks(blocks: readonly Block[], most: number): Limited {
  const budget: Budget = { left: most, cut: false };
  return { blocks: cutList(blocks, budget, cutBlock), whole: !budget.cut };
}

interface Budget {
  left: number;
  // Something was left out.
  cut: boolean;
}

type Cut<T> = (value: T, budget: Budget) => T;

// Each value counts as one, besides what it holds.
function cutList<T>(values: readonly T[], budget: Budget, cut: Cut<T>): T[] {
  const kept: T[] = [];
  let same = true;
  for (const value of values) {
    budget.left -= 1;
    if (budget.left < 0) {
      budget.cut = true;
      return kept;
    }
    const part = cut(value, budget);
    same = same && part === value;
    kept.push(part);
  }
  return same ? (values as T[]) : kept;
}

// What drawing takes besides the node itself.
const weights: Partial<Record<Inline['type'], number>> = { math: 30, link: 3, image: 4 };

function cutInline(node: Inline, budget: Budget): Inline {
  budget.left -= weights[node.type] ?? 0;
  if (!('children' in node)) return node;
  const children = cutList(node.children, budget, cutInline);
  return children === node.children ? node : { ...node, children };
}

const cutLine: Cut<Inline[]> = (nodes, budget) => {
  const line: Budget = { left: mostInParagraph, cut: false };
  const kept = cutList(nodes, line, cutInline);
  budget.left -= mostInParagraph - Math.max(0, line.left);
  if (!line.cut) return kept;
  // A node that was cut through is text, too.
  const whole = kept.at(-1) === nodes[kept.length - 1] ? kept.length : kept.length - 1;
  return [...kept.slice(0, whole), { type: 'text', text: inlineText(nodes.slice(whole)) }];
};

function cutBlocks<T extends { blocks: Block[] }>(holder: T, budget: Budget): T {
  const blocks = cutList(holder.blocks, budget, cutBlock);
  return blocks === holder.blocks ? holder : { ...holder, blocks };
}

const cutRow: Cut<Inline[][]> = (row, budget) => cutList(row, budget, cutLine);

function cutBlock(block: Block, budget: Budget): Block {
  switch (block.type) {
    case 'paragraph':
    case 'heading': {
      const children = cutLine(block.children, budget);
      return children === block.children ? block : { ...block, children };
    }
    case 'list': {
      const items = cutList<ListItem>(block.items, budget, cutBlocks);
      return items === block.items ? block : { ...block, items };
    }
    case 'quote':
      return cutBlocks(block, budget);
    case 'notes': {
      const notes = cutList<Note>(block.notes, budget, cutBlocks);
      return notes === block.notes ? block : { ...block, notes };
    }
    case 'table': {
      const head = cutRow(block.head, budget);
      const rows = cutList(block.rows, budget, cutRow);
      return head === block.head && rows === block.rows ? block : { ...block, head, rows };
    }
    default:
      return block;
  }
}

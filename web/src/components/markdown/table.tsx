import { memo, useRef } from 'react';
import { markdownStrings } from '@/i18n/markdown';
import { cn } from '@/lib/cn';
import type { Align, Block, Inline } from '@/markdown/ast';
import { blockDirection } from '@/markdown/direction';
import { InlineNodes } from './inline-nodes';
import { useOverflow } from './use-overflow';

// Cells of at most so many characters stay on one line; longer ones are not made narrower than a few words.
const shortCell = 24;

export function Table({ block }: { block: Extract<Block, { type: 'table' }> }) {
  const scroller = useRef<HTMLDivElement>(null);
  const { before, after } = useOverflow(scroller);
  return (
    <div className="table-box" dir={blockDirection(block) ?? undefined} data-before={before || undefined} data-after={after || undefined}>
      <div
        ref={scroller}
        className="table-scroll"
        // Only what can be scrolled is a stop of the Tab key.
        tabIndex={before || after ? 0 : undefined}
        role="region"
        aria-label={markdownStrings.table}
      >
        <table>
          <thead>
            <tr>
              {block.head.map((cell, column) => (
                <th key={column} scope="col" className={cellClass(cell, block.align[column])}><InlineNodes nodes={cell} /></th>
              ))}
            </tr>
          </thead>
          <tbody>
            {block.rows.map((row, index) => (
              <TableRow key={index} cells={row} align={block.align} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

const TableRow = memo(function TableRow({ cells, align }: { cells: Inline[][]; align: Align[] }) {
  return (
    <tr>
      {cells.map((cell, column) => (
        <td key={column} className={cellClass(cell, align[column])}><InlineNodes nodes={cell} /></td>
      ))}
    </tr>
  );
});

function cellClass(cell: Inline[], align: Align | undefined): string {
  const isShort = textLength(cell) <= shortCell;
  return cn(isShort ? 'whitespace-nowrap' : 'long', (align === 'center' || align === 'right') && `align-${align}`);
}

function textLength(nodes: readonly Inline[]): number {
  return nodes.reduce((sum, node) => {
    if ('children' in node) return sum + textLength(node.children);
    if (node.type === 'text' || node.type === 'code') return sum + node.text.length;
    return sum + (node.type === 'math' ? node.tex.length : 8);
  }, 0);
}

import { memo, useRef, type ReactNode } from 'react';
import type { Align, Block, Inline, ListItem } from '@/lib/markdown/ast';
import { emptyGrowing, grow, type Growing } from '@/lib/markdown/growing';
import { parseMarkdown } from '@/lib/markdown/parse';
import { cn } from '@/lib/cn';
import { strings } from '@/lib/strings';
import { CodeBlock } from './code-block';
import { InlineNodes } from './inline-nodes';

const parsed = new Map<string, Block[]>();
const mostParsed = 600;

// Lists scroll the same texts in and out; the newest few hundred stay parsed.
function blocksOf(text: string): Block[] {
  const known = parsed.get(text);
  if (known) return known;
  const blocks = parseMarkdown(text);
  if (parsed.size >= mostParsed) parsed.delete(parsed.keys().next().value ?? '');
  parsed.set(text, blocks);
  return blocks;
}

// A message's text as elements. Never raw HTML: the parser has no node for it.
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <div className="content" dir="auto">
      <Blocks blocks={blocksOf(text)} />
    </div>
  );
});

// The same of a text that is being written: finished blocks are neither parsed nor drawn again, and the caret
// stands behind the last one.
export const GrowingMarkdown = memo(function GrowingMarkdown({ text, ended }: { text: string; ended: boolean }) {
  const state = useRef<Growing>(emptyGrowing);
  const isFirst = state.current === emptyGrowing;
  if (!(isFirst && ended)) state.current = grow(state.current, text, ended);
  return (
    <div className={cn('content answer', !ended && 'growing')} dir="auto">
      <Blocks blocks={isFirst && ended ? blocksOf(text) : state.current.blocks} />
    </div>
  );
});

function Blocks({ blocks }: { blocks: readonly Block[] }): ReactNode {
  return blocks.map((block, index) => <BlockNode key={index} block={block} />);
}

const headings = { 1: 'h3', 2: 'h4', 3: 'h5', 4: 'h6' } as const;
const headingLooks = { 1: 'text-title font-bold', 2: 'text-read font-bold', 3: 'font-bold', 4: 'font-bold text-soft' };

const BlockNode = memo(function BlockNode({ block }: { block: Block }) {
  switch (block.type) {
    case 'paragraph':
      return <p dir="auto"><InlineNodes nodes={block.children} /></p>;
    case 'heading': {
      const Tag = headings[block.level];
      return <Tag dir="auto" className={headingLooks[block.level]}><InlineNodes nodes={block.children} /></Tag>;
    }
    case 'list':
      return block.ordered
        ? <ol dir="auto" start={block.start}>{block.items.map((item, index) => <Item key={index} item={item} />)}</ol>
        : <ul dir="auto">{block.items.map((item, index) => <Item key={index} item={item} />)}</ul>;
    case 'quote':
      return <blockquote dir="auto"><Blocks blocks={block.blocks} /></blockquote>;
    case 'code':
      return <CodeBlock language={block.language} text={block.text} />;
    case 'table':
      return <Table block={block} />;
    case 'rule':
      return <hr />;
  }
});

const Item = memo(function Item({ item }: { item: ListItem }) {
  if (item.done === null) return <li><Tight blocks={item.blocks} /></li>;
  return (
    <li className="task">
      <span
        role="img"
        aria-label={item.done ? strings.messages.taskDone : strings.messages.taskOpen}
        className={`inline-flex size-4 items-center justify-center rounded-[5px] border text-small leading-none font-bold ${item.done ? 'border-transparent bg-accent text-accent-ink' : 'border-line-strong'}`}
      >
        {item.done ? '✓' : ''}
      </span>
      <div className="min-w-0"><Tight blocks={item.blocks} /></div>
    </li>
  );
});

// A list item's first paragraph stands without the space of a paragraph.
function Tight({ blocks }: { blocks: readonly Block[] }) {
  const [first, ...rest] = blocks;
  if (first?.type !== 'paragraph') return <Blocks blocks={blocks} />;
  return (
    <>
      <span className="whitespace-pre-wrap"><InlineNodes nodes={first.children} /></span>
      <Blocks blocks={rest} />
    </>
  );
}

function Table({ block }: { block: Extract<Block, { type: 'table' }> }) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={strings.messages.table}>
      <table dir="auto">
        <thead>
          <tr>
            {block.head.map((cell, column) => (
              <th key={column} scope="col" className={alignClass(block.align[column])}><InlineNodes nodes={cell} /></th>
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
  );
}

const TableRow = memo(function TableRow({ cells, align }: { cells: Inline[][]; align: Align[] }) {
  return (
    <tr>
      {cells.map((cell, column) => (
        <td key={column} className={alignClass(align[column])}><InlineNodes nodes={cell} /></td>
      ))}
    </tr>
  );
});

const alignClass = (align: Align | undefined) => (align === 'center' || align === 'right' ? `align-${align}` : undefined);

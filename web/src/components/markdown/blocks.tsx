import { memo, type ReactNode } from 'react';
import { markdownStrings } from '@/i18n/markdown';
import type { Block, ListItem } from '@/markdown/ast';
import { blockDirection } from '@/markdown/direction';
import { CodeBlock } from './code-block';
import { Formula } from './formula';
import { InlineNodes } from './inline-nodes';
import { Notes } from './notes';
import { Table } from './table';

export function Blocks({ blocks }: { blocks: readonly Block[] }): ReactNode {
  return blocks.map((block, index) => <BlockNode key={index} block={block} />);
}

const headings = ['h3', 'h4', 'h5', 'h6'] as const;
const headingLooks = ['text-title font-bold', 'text-read font-bold', 'font-bold', 'font-bold text-soft'];

const BlockNode = memo(function BlockNode({ block }: { block: Block }) {
  switch (block.type) {
    case 'paragraph':
      return <p dir="auto"><InlineNodes nodes={block.children} /></p>;
    case 'heading': {
      const level = Math.min(block.level, headings.length) - 1;
      const Tag = headings[level] ?? 'h6';
      return <Tag dir="auto" className={headingLooks[level]}><InlineNodes nodes={block.children} /></Tag>;
    }
    case 'list': {
      const Tag = block.ordered ? 'ol' : 'ul';
      return (
        <Tag dir={blockDirection(block) ?? undefined} start={block.ordered ? block.start : undefined}>
          {block.items.map((item, index) => <Item key={index} item={item} />)}
        </Tag>
      );
    }
    case 'quote':
      return <blockquote dir={blockDirection(block) ?? undefined}><Blocks blocks={block.blocks} /></blockquote>;
    case 'code':
      return <CodeBlock language={block.language.toLowerCase()} text={block.text.replace(/\n$/, '')} />;
    case 'math':
      return <div className="formula-block"><Formula tex={block.tex} source={block.source} display open={block.open} /></div>;
    case 'table':
      return <Table block={block} />;
    case 'notes':
      return <Notes block={block} draw={(blocks) => <Blocks blocks={blocks} />} />;
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
        aria-label={item.done ? markdownStrings.taskDone : markdownStrings.taskOpen}
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

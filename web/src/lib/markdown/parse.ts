import type { Align, Block, Inline, ListItem } from './ast';
import { parseInline } from './inline';

// Block Markdown, line by line. Chat rules: a single line end is a line break, and a list or quote may
// follow a paragraph without an empty line.

const fence = /^ {0,3}(`{3,}|~{3,})\s*([^`]*)$/;
const heading = /^ {0,3}(#{1,4})\s+(.+?)\s*#*\s*$/;
const rule = /^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const listMark = /^( {0,3})([-*+]|(\d{1,9})[.)])(\s+|$)(.*)$/;
const task = /^\[([ xX])\]\s+/;
const tableRule = /^ {0,3}\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const deepest = 8;

export function parseMarkdown(text: string): Block[] {
  return parseLines(text.replace(/\r\n?/g, '\n').split('\n'), 0);
}

export interface PlacedBlock {
  block: Block;
  // The line after its last one.
  next: number;
}

// The same, with where each block ends: for text that still grows.
export function parsePlaced(lines: string[]): PlacedBlock[] {
  const ends: number[] = [];
  const blocks = parseLines(lines, 0, ends);
  return blocks.map((block, index) => ({ block, next: ends[index] ?? lines.length }));
}

function parseLines(lines: string[], depth: number, ends?: number[]): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    if (line.trim() === '') {
      at += 1;
      continue;
    }
    const taken = parseBlock(lines, at, depth);
    blocks.push(taken.block);
    ends?.push(taken.next);
    at = taken.next;
  }
  return blocks;
}

interface Taken {
  block: Block;
  next: number;
}

function parseBlock(lines: string[], at: number, depth: number): Taken {
  const line = lines[at] ?? '';
  const fenced = fence.exec(line);
  if (fenced) return parseFence(lines, at, fenced[1] ?? '```', fenced[2] ?? '');
  const headed = heading.exec(line);
  if (headed) {
    const level = Math.min(4, headed[1]?.length ?? 1) as 1 | 2 | 3 | 4;
    return { block: { type: 'heading', level, children: parseInline(headed[2] ?? '') }, next: at + 1 };
  }
  if (rule.test(line)) return { block: { type: 'rule' }, next: at + 1 };
  if (depth < deepest && /^ {0,3}>/.test(line)) return parseQuote(lines, at, depth);
  if (depth < deepest && listMark.test(line)) return parseList(lines, at, depth);
  if (isTable(lines, at)) return parseTable(lines, at);
  return parseParagraph(lines, at, depth);
}

function parseFence(lines: string[], at: number, mark: string, info: string): Taken {
  const body: string[] = [];
  const close = new RegExp(`^ {0,3}\\${mark.charAt(0)}{${mark.length},}\\s*$`);
  let next = at + 1;
  while (next < lines.length && !close.test(lines[next] ?? '')) {
    body.push(lines[next] ?? '');
    next += 1;
  }
  const language = (info.trim().split(/\s+/)[0] ?? '').toLowerCase();
  return { block: { type: 'code', language, text: body.join('\n') }, next: next + 1 };
}

function parseQuote(lines: string[], at: number, depth: number): Taken {
  const inner: string[] = [];
  let next = at;
  while (next < lines.length && /^ {0,3}>/.test(lines[next] ?? '')) {
    inner.push((lines[next] ?? '').replace(/^ {0,3}> ?/, ''));
    next += 1;
  }
  return { block: { type: 'quote', blocks: parseLines(inner, depth + 1) }, next };
}

interface Mark {
  ordered: boolean;
  number: number;
  // Where the item's own text starts.
  indent: number;
  rest: string;
}

function markOf(line: string): Mark | null {
  const match = listMark.exec(line);
  if (!match || rule.test(line)) return null;
  const gap = match[4] ?? ' ';
  const width = (match[1]?.length ?? 0) + (match[2]?.length ?? 1);
  return {
    ordered: match[3] !== undefined,
    number: Number(match[3] ?? 1),
    indent: width + Math.min(Math.max(gap.length, 1), 4),
    rest: match[5] ?? '',
  };
}

function parseList(lines: string[], at: number, depth: number): Taken {
  const first = markOf(lines[at] ?? '') as Mark;
  const items: ListItem[] = [];
  let next = at;
  while (next < lines.length) {
    const mark = markOf(lines[next] ?? '');
    if (!mark || mark.ordered !== first.ordered) break;
    const body = [mark.rest];
    next += 1;
    next = takeItem(lines, next, mark.indent, body);
    items.push(toItem(body, depth));
  }
  return { block: { type: 'list', ordered: first.ordered, start: first.number, items }, next };
}

// Lines that belong to the item above: indented ones, and plain ones right below its text.
function takeItem(lines: string[], from: number, indent: number, body: string[]): number {
  let next = from;
  while (next < lines.length) {
    const line = lines[next] ?? '';
    if (line.trim() === '') {
      const after = lines[next + 1] ?? '';
      if (!/^\s{2,}\S/.test(after)) break;
      body.push('');
    } else if (/^(\t| {2,})/.test(line)) {
      body.push(line.replace(new RegExp(`^(\\t| {2,${indent}})`), ''));
    } else if (interrupts(line)) {
      break;
    } else {
      body.push(line);
    }
    next += 1;
  }
  // One empty line between two items does not end the list.
  if ((lines[next] ?? 'x').trim() === '' && markOf(lines[next + 1] ?? '')) return next + 1;
  return next;
}

function toItem(body: string[], depth: number): ListItem {
  const checked = task.exec(body[0] ?? '');
  const lines = checked ? [(body[0] ?? '').slice(checked[0].length), ...body.slice(1)] : body;
  return { done: checked ? checked[1] !== ' ' : null, blocks: parseLines(lines, depth + 1) };
}

function interrupts(line: string): boolean {
  return fence.test(line) || heading.test(line) || rule.test(line) || /^ {0,3}>/.test(line) || listMark.test(line);
}

function isTable(lines: string[], at: number): boolean {
  const head = lines[at] ?? '';
  const second = lines[at + 1] ?? '';
  if (!head.includes('|') || !second.includes('-') || !tableRule.test(second)) return false;
  return cellsOf(head).length === cellsOf(second).length;
}

function cellsOf(line: string): string[] {
  const inner = line.trim().replace(/^\|/, '').replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, '|'));
}

function parseTable(lines: string[], at: number): Taken {
  const align: Align[] = cellsOf(lines[at + 1] ?? '').map((cell) => {
    if (cell.startsWith(':') && cell.endsWith(':')) return 'center';
    return cell.endsWith(':') ? 'right' : cell.startsWith(':') ? 'left' : null;
  });
  const head = cellsOf(lines[at] ?? '').map((cell) => parseInline(cell));
  const rows: Inline[][][] = [];
  let next = at + 2;
  while (next < lines.length && (lines[next] ?? '').includes('|')) {
    const cells = cellsOf(lines[next] ?? '');
    rows.push(head.map((_, column) => parseInline(cells[column] ?? '')));
    next += 1;
  }
  return { block: { type: 'table', align, head, rows }, next };
}

function parseParagraph(lines: string[], at: number, depth: number): Taken {
  const text: string[] = [];
  let next = at;
  while (next < lines.length) {
    const line = lines[next] ?? '';
    const stops = next > at && (line.trim() === '' || (depth < deepest && interrupts(line)) || isTable(lines, next));
    if (stops) break;
    text.push(line.trimEnd());
    next += 1;
  }
  return { block: { type: 'paragraph', children: parseInline(text.join('\n').trim()) }, next };
}

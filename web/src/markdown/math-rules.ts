import type { MarkdownIt, StateBlock, StateInline, Token } from 'markdown-it';

// Maths for markdown-it: `$..$`, `\(..\)` within a line, `$$..$$`, `\[..\]` also over lines of their own. What is
// money, or is not closed, stays text.

const mostInline = 4_000;
const mostLines = 200;

interface Fence {
  open: string;
  close: string;
  display: boolean;
}

const fences: readonly Fence[] = [
  { open: '$$', close: '$$', display: true },
  { open: '$', close: '$', display: false },
  { open: '\\(', close: '\\)', display: false },
  { open: '\\[', close: '\\]', display: true },
];
const blockFences = fences.filter(({ display }) => display);

const word = /[\p{L}\p{N}]/u;
// Apart from signs that Markdown may have escaped.
const holdsSomething = /[^\\\s()[\]]/;
const operator = /[\\^_=+<>{}]/;
const words = /[A-Za-z]{2,}\s|\s[A-Za-z]{2,}/;
const longWord = /(?:^|\s)[A-Za-z]{3,}(?=[\s,.;:!?]|$)/;

// A single dollar opens and closes next to what it holds and apart from words; "$5 and $10" is money.
function isDollarMath(text: string, start: number, end: number): boolean {
  const tex = text.slice(start, end);
  if (/^\s|\s$/.test(tex) || word.test(text.charAt(end + 1)) || text.charAt(end + 1) === '$') return false;
  // With a command it is TeX; with an operator it may be, unless it also has words.
  return tex.includes('\\') || (operator.test(tex) ? !longWord.test(tex) : !words.test(tex));
}

// Escaped brackets that hold maths hold more than words: "\[sic\]", "\[1\]" and "\(or so\)" are text.
function isBracketMath(tex: string, open: string): boolean {
  return operator.test(tex) || (open === '\\(' && !/[\p{L}@]{3}/u.test(tex) && !words.test(tex));
}

// Where `mark` stands next, not behind a backslash; -1 if it does not within reach.
function findClose(text: string, from: number, mark: string): number {
  const last = Math.min(text.length, from + mostInline);
  for (let at = from; at < last; at += 1) {
    if (text.startsWith(mark, at)) return at;
    if (text.charAt(at) === '\\') at += 1;
  }
  return -1;
}

// Marks that close nowhere in a text, so that a text of nothing but opening ones is read once.
const unclosed = new WeakMap<StateInline, Map<string, number>>();

function closeOf(state: StateInline, from: number, mark: string): number {
  const known = unclosed.get(state)?.get(mark) ?? 0;
  if (from < known) return -1;
  const end = findClose(state.src, from, mark);
  if (end < 0) {
    const marks = unclosed.get(state) ?? new Map<string, number>();
    marks.set(mark, from + mostInline / 2);
    unclosed.set(state, marks);
  }
  return end;
}

function inlineMath(state: StateInline, silent: boolean): boolean {
  const char = state.src.charAt(state.pos);
  if (char !== '$' && char !== '\\') return false;
  const fence = fences.find(({ open }) => state.src.startsWith(open, state.pos));
  if (!fence) return false;
  if (char === '$' && /[\p{L}\p{N}$]/u.test(state.src.charAt(state.pos - 1))) return false;
  const start = state.pos + fence.open.length;
  const end = closeOf(state, start, fence.close);
  if (end < 0 || end + fence.close.length > state.posMax) return false;
  const tex = state.src.slice(start, end);
  if (!holdsSomething.test(tex)) return false;
  if (fence.open === '$' && !isDollarMath(state.src, start, end)) return false;
  if (char === '\\' && !isBracketMath(tex, fence.open)) return false;
  if (!silent) {
    const token = state.push('math_inline', 'math', 0);
    token.content = tex.trim();
    token.markup = fence.open;
    token.info = fence.close;
    token.meta = { display: fence.display };
  }
  state.pos = end + fence.close.length;
  return true;
}

function lineOf(state: StateBlock, line: number): string {
  return state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]);
}

interface Lines {
  tex: string;
  next: number;
  open: boolean;
}

// Lines of a text that hold no closing mark, so that one of nothing but opening ones is read once.
const closeless = new WeakMap<StateBlock, Map<string, number>>();

// Whether the mark stands on one of the lines.
function closesWithin(state: StateBlock, from: number, end: number, mark: string): boolean {
  const known = closeless.get(state) ?? new Map<string, number>();
  for (let line = Math.max(from, known.get(mark) ?? 0); line < end; line += 1) {
    if (lineOf(state, line).includes(mark)) return true;
    known.set(mark, line + 1);
  }
  closeless.set(state, known);
  return false;
}

// The formula that begins on a line of its own, up to the line that closes it.
function readMath(state: StateBlock, startLine: number, endLine: number, fence: Fence): Lines | null {
  const last = Math.min(endLine, startLine + mostLines);
  const grows = state.env.growing === true && last === state.lineMax && last < startLine + mostLines;
  if (fence.open !== fence.close && !grows && !closesWithin(state, startLine, last, fence.close)) return null;
  const lines: string[] = [];
  for (let line = startLine; line < last; line += 1) {
    if (line > startLine && (state.sCount[line] ?? 0) < state.blkIndent && !state.isEmpty(line)) return null;
    const text = lineOf(state, line).slice(line === startLine ? fence.open.length : 0).trimEnd();
    const close = text.indexOf(fence.close);
    if (close >= 0 && close + fence.close.length < text.length) return null;
    lines.push(close >= 0 ? text.slice(0, close) : text);
    if (close >= 0) return { tex: lines.join('\n').trim(), next: line + 1, open: false };
  }
  return grows ? { tex: lines.join('\n').trim(), next: last, open: true } : null;
}

function blockMath(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  if ((state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false;
  const text = lineOf(state, startLine);
  const fence = blockFences.find(({ open }) => text.startsWith(open));
  const read = fence ? readMath(state, startLine, endLine, fence) : null;
  if (!read || (read.tex === '' && !read.open)) return false;
  if (silent) return true;
  const token = state.push('math_block', 'math', 0);
  token.content = read.tex;
  token.markup = fence?.open ?? '';
  token.info = fence?.close ?? '';
  token.meta = { open: read.open };
  token.map = [startLine, read.next];
  state.line = read.next;
  return true;
}

// A formula with its marks.
export const mathSource = ({ markup, content, info }: Token): string => `${markup}${content}${info}`;

export function mathRules(md: MarkdownIt): void {
  md.inline.ruler.before('escape', 'math_inline', inlineMath);
  md.block.ruler.after('blockquote', 'math_block', blockMath, { alt: ['paragraph', 'reference', 'blockquote', 'list'] });
}

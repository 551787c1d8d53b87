import makeMarkdownIt, { type Env, type MarkdownIt, type StateInline, type Token } from 'markdown-it';
import footnotes from 'markdown-it-footnote';
import { mathRules } from './math-rules';

// CommonMark with tables, struck text, bare addresses, footnotes and maths; no raw HTML.

const longestLabel = 100;

// Nesting beyond this is shown as it was written.
export const deepest = 20;

// Where `[^label]` stands for a note that the text defines.
function noteReference(state: StateInline, silent: boolean): boolean {
  if (!state.src.startsWith('[^', state.pos)) return false;
  const label = /^[^\s\]]+(?=\])/.exec(state.src.slice(state.pos + 2, state.pos + 2 + longestLabel))?.[0];
  const refs = (state.env as { footnotes?: { refs?: Record<string, number> } }).footnotes?.refs;
  if (label === undefined || refs?.[`:${label}`] === undefined) return false;
  if (!silent) state.push('note_reference', '', 0).meta = { label };
  state.pos += label.length + 3;
  return true;
}

function makeGrammar(): MarkdownIt {
  const md = new makeMarkdownIt({ html: false, linkify: true, maxNesting: deepest }).use(footnotes).use(mathRules);
  // Words like "index.ts" are no addresses; those that begin with www. are.
  md.linkify.set({ fuzzyLink: false, fuzzyEmail: true });
  md.linkify.add('www.', {
    validate: (text, at, self) => {
      const length = self.testSchemaAt(`http://${text.slice(at, at + 2_100)}`, 'http:', 5);
      return typeof length === 'number' && length > 2 && /^[^\s/]+\.[^\s/]/.test(text.slice(at, at + 300)) ? length - 2 : 0;
    },
    normalize: (match) => {
      match.url = `http://${match.url}`;
    },
  });
  md.inline.ruler.at('footnote_ref', noteReference);
  md.inline.ruler.disable('footnote_inline');
  md.core.ruler.disable(['footnote_tail', 'text_join']);
  return md;
}

const md = makeGrammar();

export const { unescapeAll, unescapeMd } = md.utils;
export const normalizeLink = (address: string): string => md.normalizeLink(address);

// What one part of a text defines for the others: addresses of links and labels of notes.
export interface Definitions {
  references: Record<string, unknown>;
  footnotes: { refs: Record<string, number> };
  // Set while the text's end is still to come.
  growing: boolean;
}

// Definitions that see those of before, and do not add to them.
export function definitionsAfter(before: Definitions | null, growing: boolean): Definitions {
  return {
    references: Object.create(before?.references ?? null) as Record<string, unknown>,
    footnotes: { refs: Object.create(before?.footnotes.refs ?? null) as Record<string, number> },
    growing,
  };
}

export function hasOwnDefinitions({ references, footnotes: { refs } }: Definitions): boolean {
  return Object.keys(references).length > 0 || Object.keys(refs).length > 0;
}

export function blockTokens(text: string, definitions: Definitions): Token[] {
  const tokens: Token[] = [];
  md.block.parse(text, md, definitions as unknown as Env, tokens);
  return tokens;
}

export function inlineTokens(text: string, definitions: Definitions): Token[] {
  return md.parseInline(text, definitions as unknown as Env)[0]?.children ?? [];
}

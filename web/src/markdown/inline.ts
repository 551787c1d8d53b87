import type { Token } from 'markdown-it';
import type { Inline } from './ast';
import { deepest, normalizeLink, unescapeMd } from './grammar';
import { mathSource } from './math-rules';
import { findPlaces, nameAt } from './mentions';

// Tokens of one line of thought as a tree, with its mentions.

const longestBehind = 32;

type Parent = Extract<Inline, { children: Inline[] }>;

export function inlineTree(tokens: readonly Token[], noteNumber: (label: string) => number): Inline[] {
  return new TreeBuilder(tokens, noteNumber).build();
}

// A bare address within a run of text.
interface BareLink {
  from: number;
  to: number;
  node: Parent;
}

class TreeBuilder {
  private at = 0;
  private readonly root: Inline[] = [];
  private readonly open: Parent[] = [];
  // Opened beyond the deepest level; their text stands in the deepest one.
  private tooDeep = 0;
  // A run of text, with what in it is no plain text.
  private text = '';
  private silenced = new Set<number>();
  private bare: BareLink[] = [];

  constructor(private readonly tokens: readonly Token[], private readonly noteNumber: (label: string) => number) {}

  build(): Inline[] {
    for (; this.at < this.tokens.length; this.at += 1) this.take(this.tokens[this.at] as Token);
    this.flush();
    return this.root;
  }

  private take(token: Token): void {
    if (token.type === 'link_open' && token.markup === 'linkify') return this.bareLink(token);
    switch (token.type) {
      case 'text':
        this.text += token.content;
        return;
      case 'text_special':
        if (token.content === '@') this.silenced.add(this.text.length);
        this.text += token.content;
        return;
      case 'softbreak':
      case 'hardbreak':
        return this.push({ type: 'break', soft: token.type === 'softbreak' });
      case 'code_inline':
        return this.push({ type: 'code', text: token.content });
      case 'image':
        return this.push({ type: 'image', src: attribute(token, 'src'), title: attribute(token, 'title'), alt: plainOf(token.children ?? []) });
      case 'math_inline':
        return this.push({ type: 'math', tex: token.content, display: token.meta?.display === true, source: mathSource(token) });
      case 'note_reference':
        return this.push({ type: 'note', number: this.noteNumber(String(token.meta?.label)) });
      default:
        return token.nesting === 1 ? this.enter(token) : this.leave();
    }
  }

  private here(): Inline[] {
    return this.open[this.open.length - 1]?.children ?? this.root;
  }

  private push(node: Inline): void {
    this.flush();
    this.here().push(node);
  }

  private enter(token: Token): void {
    if (this.open.length >= deepest) {
      this.tooDeep += 1;
      return;
    }
    const node = parentOf(token);
    this.push(node);
    this.open.push(node);
  }

  private leave(): void {
    if (this.tooDeep > 0) {
      this.tooDeep -= 1;
      return;
    }
    this.flush();
    this.open.pop();
  }

  // Its text belongs to the run: the word that it stands in may go on behind it.
  private bareLink(token: Token): void {
    const written = this.tokens[this.at + 1]?.content ?? '';
    const content = unescapeMd(written);
    const href = content === written ? attribute(token, 'href') : normalizeLink(content);
    const node: Parent = { type: 'link', href, title: '', bare: true, children: [{ type: 'text', text: content }] };
    this.bare.push({ from: this.text.length, to: this.text.length + content.length, node });
    this.text += content;
    this.at += 2;
  }

  private flush(): void {
    const { text, bare } = this;
    if (text === '') return;
    const nodes = [...bare, ...this.mentions()].sort((a, b) => a.from - b.from);
    const out = this.here();
    let from = 0;
    for (const part of nodes) {
      if (part.from < from) continue;
      if (part.from > from) out.push({ type: 'text', text: text.slice(from, part.from) });
      out.push(part.node);
      from = part.to;
    }
    if (from < text.length) out.push({ type: 'text', text: text.slice(from) });
    this.text = '';
    this.silenced = new Set();
    this.bare = [];
  }

  private mentions(): { from: number; to: number; node: Inline }[] {
    const { text } = this;
    if (!text.includes('@') || this.open.some((node) => node.type === 'link' && node.bare)) return [];
    return findPlaces(text + this.nameBehind(), this.silenced).map(({ at, name }) => {
      const shown = text.slice(at + 1, at + 1 + name.length);
      return { from: at, to: at + 1 + shown.length, node: { type: 'mention', name, text: shown } };
    });
  }

  // What of a name goes on behind the run: `_` in a name is a mark of emphasis to the grammar.
  private nameBehind(): string {
    let behind = '';
    for (let at = this.at; at < this.tokens.length && behind.length < longestBehind; at += 1) {
      const token = this.tokens[at] as Token;
      const source = token.type === 'text' ? token.content : token.markup.startsWith('_') ? token.markup : '';
      const name = nameAt(source, 0);
      behind += name;
      if (source === '' || name.length < source.length) break;
    }
    return behind;
  }
}

function parentOf(token: Token): Parent {
  switch (token.type) {
    case 'strong_open':
      return { type: 'strong', children: [] };
    case 's_open':
      return { type: 'del', children: [] };
    case 'link_open':
      return { type: 'link', href: attribute(token, 'href'), title: attribute(token, 'title'), children: [], bare: token.info === 'auto' };
    default:
      return { type: 'em', children: [] };
  }
}

const attribute = (token: Token, name: string): string => String(token.attrGet(name) ?? '');

function plainOf(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'softbreak' || token.type === 'hardbreak') return '\n';
      return token.children ? plainOf(token.children) : token.nesting === 0 ? token.content : '';
    })
    .join('');
}

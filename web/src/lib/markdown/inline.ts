import type { Token } from 'markdown-it';
import type { Inline } from './ast';
import { deepest } from './grammar';
import { mathSource } from './math-rules';

// Tokens of one line of thought as a tree, with its mentions.

const mention = /@([\p{L}\p{N}_][\p{L}\p{N}\p{M}_.-]*)/gu;
// An address or a name goes on here.
const joins = /[\p{L}\p{N}\p{M}_.@-]/u;
const longestName = 64;

type Parent = Extract<Inline, { children: Inline[] }>;

export function inlineTree(tokens: readonly Token[], noteNumber: (label: string) => number): Inline[] {
  const builder = new TreeBuilder(noteNumber);
  tokens.forEach((token) => builder.take(token));
  return builder.end();
}

class TreeBuilder {
  private readonly root: Inline[] = [];
  private readonly open: Parent[] = [];
  // Opened beyond the deepest level; their text stands in the deepest one.
  private tooDeep = 0;
  private text = '';
  // Signs @ in `text` that were escaped: they call nobody.
  private silenced = new Set<number>();

  constructor(private readonly noteNumber: (label: string) => number) {}

  take(token: Token): void {
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

  end(): Inline[] {
    this.flush();
    return this.root;
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

  private flush(): void {
    const { text } = this;
    if (text === '') return;
    const out = this.here();
    let from = 0;
    const inLink = this.open.some(({ type }) => type === 'link');
    for (const match of inLink ? [] : text.matchAll(mention)) {
      const name = match[1] ?? '';
      if (this.silenced.has(match.index) || joins.test(charBefore(text, match.index)) || name.length > longestName) continue;
      if (match.index > from) out.push({ type: 'text', text: text.slice(from, match.index) });
      out.push({ type: 'mention', name });
      from = match.index + match[0].length;
    }
    if (from < text.length) out.push({ type: 'text', text: text.slice(from) });
    this.text = '';
    this.silenced = new Set();
  }
}

function charBefore(text: string, at: number): string {
  const low = text.charAt(at - 1);
  return /[\udc00-\udfff]/.test(low) ? text.slice(at - 2, at) : low;
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

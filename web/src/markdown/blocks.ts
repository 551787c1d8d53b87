import type { Token } from 'markdown-it';
import type { Align, Block, Inline, ListItem } from './ast';
import { deepest, unescapeAll } from './grammar';
import { mathSource } from './math-rules';

// Tokens of a text's blocks as a tree.

const task = /^\[([ xX])\](?=[ \t\n])\s*/;

export interface PlacedNote {
  label: string;
  blocks: Block[];
}

interface Reader {
  // What the text of a paragraph, a heading or a cell holds.
  inline: (text: string) => Inline[];
  // The text's lines, for what is nested too deeply.
  lines: readonly string[];
}

export function blockTree(tokens: readonly Token[], reader: Reader): { blocks: Block[]; notes: PlacedNote[] } {
  return new BlockBuilder(tokens, reader).all();
}

class BlockBuilder {
  private at = 0;
  private readonly notes: PlacedNote[] = [];

  constructor(private readonly tokens: readonly Token[], private readonly reader: Reader) {}

  all(): { blocks: Block[]; notes: PlacedNote[] } {
    const blocks: Block[] = [];
    while (this.at < this.tokens.length) {
      const block = this.next();
      if (block) blocks.push(block);
    }
    return { blocks, notes: this.notes };
  }

  // Blocks up to the token that closes what holds them.
  private inside(opened: Token): Block[] {
    const blocks: Block[] = [];
    while (this.at < this.tokens.length && (this.tokens[this.at]?.nesting ?? -1) >= 0) {
      const block = this.next();
      if (block) blocks.push(block);
    }
    this.at += 1;
    return blocks.length === 0 && opened.level + 2 >= deepest ? this.asWritten(opened) : blocks;
  }

  private asWritten(opened: Token): Block[] {
    const text = this.reader.lines.slice(opened.map?.[0] ?? 0, opened.map?.[1] ?? 0).join('\n').trim();
    return text === '' ? [] : [{ type: 'paragraph', children: [{ type: 'text', text }], tight: true }];
  }

  private next(): Block | null {
    const token = this.tokens[this.at] as Token;
    this.at += 1;
    switch (token.type) {
      case 'paragraph_open':
        return { type: 'paragraph', children: this.inline(), tight: token.hidden };
      case 'heading_open':
        return { type: 'heading', level: Number(token.tag.slice(1)), children: this.inline() };
      case 'fence':
        return { type: 'code', language: unescapeAll(token.info).trim().split(/\s+/)[0] ?? '', text: token.content };
      case 'code_block':
        return { type: 'code', language: '', text: token.content };
      case 'math_block':
        return { type: 'math', tex: token.content, source: mathSource(token), open: token.meta?.open === true };
      case 'blockquote_open':
        return { type: 'quote', blocks: this.inside(token) };
      case 'bullet_list_open':
      case 'ordered_list_open':
        return this.list(token);
      case 'table_open':
        return this.table();
      case 'footnote_reference_open':
        this.notes.push({ label: String(token.meta?.label), blocks: this.inside(token) });
        return null;
      case 'hr':
        return { type: 'rule' };
      default:
        return null;
    }
  }

  // The text between an opening token and its closing one.
  private inline(): Inline[] {
    const text = this.tokens[this.at]?.content ?? '';
    this.at += 2;
    return this.reader.inline(text);
  }

  private list(token: Token): Block {
    const items: ListItem[] = [];
    while (this.tokens[this.at]?.type === 'list_item_open') {
      const item = this.tokens[this.at] as Token;
      this.at += 1;
      items.push(this.item(item));
    }
    this.at += 1;
    return { type: 'list', ordered: token.type === 'ordered_list_open', start: Number(token.attrGet('start') ?? 1), items };
  }

  private item(item: Token): ListItem {
    const first = this.tokens[this.at];
    const text = this.tokens[this.at + 1];
    const mark = first?.type === 'paragraph_open' && text ? task.exec(text.content) : null;
    if (!mark || !first || !text) return { done: null, blocks: this.inside(item) };
    this.at += 3;
    const children = this.reader.inline(text.content.slice(mark[0].length));
    return { done: mark[1] !== ' ', blocks: [{ type: 'paragraph', children, tight: first.hidden }, ...this.inside(item)] };
  }

  private table(): Block {
    const align: Align[] = [];
    const rows: Inline[][][] = [];
    for (; this.tokens[this.at]?.type !== 'table_close'; this.at += 1) {
      const token = this.tokens[this.at] as Token;
      if (token.type === 'tr_open') rows.push([]);
      if (token.type === 'th_open') align.push(alignOf(token));
      if (token.type === 'inline') rows[rows.length - 1]?.push(this.reader.inline(token.content));
    }
    this.at += 1;
    return { type: 'table', align, head: rows[0] ?? [], rows: rows.slice(1) };
  }
}

function alignOf(token: Token): Align {
  const found = /text-align:(left|center|right)/.exec(String(token.attrGet('style')))?.[1];
  return (found as Align | undefined) ?? null;
}

import { describe, expect, it } from 'vitest';
import { cpuMilliseconds } from '@/lib/test-cpu';
import type { Block, Inline } from './ast';
import { parseInline, safeHref } from './inline';
import { parseMarkdown } from './parse';
import { plainText } from './plain';

// A short way to write what an inline tree holds.
function show(nodes: Inline[]): string {
  return nodes
    .map((node) => {
      switch (node.type) {
        case 'text': return node.text;
        case 'code': return `code(${node.text})`;
        case 'break': return '/';
        case 'mention': return `at(${node.name})`;
        case 'link': return `link(${node.href}|${show(node.children)})`;
        default: return `${node.type}(${show(node.children)})`;
      }
    })
    .join('');
}

const inline = (text: string) => show(parseInline(text));
const types = (text: string) => parseMarkdown(text).map((block) => block.type);
const only = (text: string): Block => parseMarkdown(text)[0] as Block;

describe('inline marks', () => {
  it.each([
    ['*a*', 'em(a)'],
    ['_a_', 'em(a)'],
    ['**a**', 'strong(a)'],
    ['**a *b* c**', 'strong(a em(b) c)'],
    ['***a***', 'strong(em(a))'],
    ['~~a~~', 'del(a)'],
    ['snake_case_name', 'snake_case_name'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['**open', '**open'],
    ['\\*a\\*', '*a*'],
    ['`a *b*`', 'code(a *b*)'],
    ['``a ` b``', 'code(a ` b)'],
    ['`open', '`open'],
    ['a\nb', 'a/b'],
    ['@June hi', 'at(june) hi'],
    ['me@example.org', 'me@example.org'],
  ])('%s', (text, tree) => {
    expect(inline(text)).toBe(tree);
  });
});

describe('links', () => {
  it.each([
    ['https://a.example/x.', 'link(https://a.example/x|https://a.example/x).'],
    ['(https://a.example/x)', '(link(https://a.example/x|https://a.example/x))'],
    ['https://a.example/x_(y)', 'link(https://a.example/x_(y)|https://a.example/x_(y))'],
    ['[w](https://a.example/)', 'link(https://a.example/|w)'],
    ['[w](https://a.example/(x))', 'link(https://a.example/(x)|w)'],
    ['<https://a.example/>', 'link(https://a.example/|https://a.example/)'],
    ['[w](javascript:alert(1))', '[w](javascript:alert(1))'],
    ['[w](data:text/html,x)', '[w](data:text/html,x)'],
    ['[w](//a.example)', '[w](//a.example)'],
    ['javascript:alert(1)', 'javascript:alert(1)'],
  ])('%s', (text, tree) => {
    expect(inline(text)).toBe(tree);
  });

  it('lead only to pages and letters', () => {
    expect(safeHref('HTTPS://a.example')).toBe('https://a.example/');
    expect(safeHref('mailto:a@b.example')).toBe('mailto:a@b.example');
    expect(safeHref(' java\nscript:alert(1)')).toBeNull();
    expect(safeHref('vbscript:x')).toBeNull();
  });
});

describe('blocks', () => {
  it('are what they look like', () => {
    expect(types('# a\n\ntext\n- x\n> q\n---\n```\nc\n```\n|a|\n|-|\n|b|')).toEqual([
      'heading', 'paragraph', 'list', 'quote', 'rule', 'code', 'table',
    ]);
  });

  it('never hold raw HTML', () => {
    const block = only('<img src=x onerror=alert(1)> <b>x</b>');

    expect(block).toEqual({ type: 'paragraph', children: [{ type: 'text', text: '<img src=x onerror=alert(1)> <b>x</b>' }] });
  });

  it('keep code as it is, also when it is not closed', () => {
    expect(only('```ts title\n  *a*\n\n')).toEqual({ type: 'code', language: 'ts', text: '  *a*\n\n' });
    expect(only('~~~\n```\n~~~')).toEqual({ type: 'code', language: '', text: '```' });
  });

  it('nest lists and know tasks', () => {
    const list = only('1. a\n   - b\n   - [x] c\n2. d');

    expect(list).toMatchObject({ type: 'list', ordered: true, items: [{ done: null }, { done: null }] });
    expect(list.type === 'list' && list.items[0]?.blocks[1]).toMatchObject({ type: 'list', items: [{ done: null }, { done: true }] });
  });

  it('start an ordered list at its number', () => {
    expect(only('7) a')).toMatchObject({ start: 7 });
  });

  it('align tables and fill short rows', () => {
    const table = only('| a | b |\n|:-:|--:|\n| 1 |');

    expect(table).toMatchObject({ type: 'table', align: ['center', 'right'] });
    expect(table.type === 'table' && table.rows[0]?.map(show)).toEqual(['1', '']);
  });

  it('read a line with a bar but without a rule as text', () => {
    expect(types('a | b')).toEqual(['paragraph']);
  });

  it('survive deep nesting and long runs', () => {
    expect(() => parseMarkdown('> '.repeat(5_000) + 'x')).not.toThrow();
    expect(() => parseMarkdown('*'.repeat(5_000))).not.toThrow();
    expect(() => parseMarkdown('['.repeat(5_000))).not.toThrow();
  });

  it('parse a hard long message quickly', () => {
    const hard = ['**a `b [c](d ', '_a ', '[', '`a ``b ', '* a\n', '> ', '| a\n|-\n', '![a](', '<http://'];

    const spent = cpuMilliseconds(() => hard.forEach((piece) => parseMarkdown(piece.repeat(16_000 / piece.length))));

    expect(spent).toBeLessThan(1_500);
  });
});

it('plain text is one line without marks', () => {
  expect(plainText('**Hi** @june,\n\n- a\n- b `c`')).toBe('Hi @june, a, b c');
});

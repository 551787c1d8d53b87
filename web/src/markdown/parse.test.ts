import { describe, expect, it } from 'vitest';
import { cpuMilliseconds } from '@/testing/cpu';
import type { Block, Inline } from './ast';
import { safeHref } from './links';
import { parseMarkdown } from './parse';
import { previewLine } from './test-preview';

// A short way to write what an inline tree holds.
function show(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      switch (node.type) {
        case 'text': return node.text;
        case 'code': return `code(${node.text})`;
        case 'break': return '/';
        case 'mention': return `at(${node.text})`;
        case 'link': return `link(${node.href}|${show(node.children)})`;
        case 'image': return `image(${node.src}|${node.alt})`;
        case 'math': return `${node.display ? 'display' : 'math'}(${node.tex})`;
        case 'note': return `note(${node.number})`;
        default: return `${node.type}(${show(node.children)})`;
      }
    })
    .join('');
}

function inline(text: string): string {
  const [block] = parseMarkdown(text);
  return block?.type === 'paragraph' ? show(block.children) : `a ${block?.type}`;
}

const types = (text: string) => parseMarkdown(text).map((block) => block.type);
const only = (text: string): Block => parseMarkdown(text)[0] as Block;

describe('inline marks', () => {
  it.each([
    ['*a*', 'em(a)'],
    ['_a_', 'em(a)'],
    ['**a**', 'strong(a)'],
    ['**a *b* c**', 'strong(a em(b) c)'],
    ['***a***', 'em(strong(a))'],
    ['~~a~~', 'del(a)'],
    ['snake_case_name', 'snake_case_name'],
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['**open', '**open'],
    ['\\*a\\*', '*a*'],
    ['`a *b*`', 'code(a *b*)'],
    ['``a ` b``', 'code(a ` b)'],
    ['`open', '`open'],
    ['a\nb', 'a/b'],
    ['@June hi', 'at(June) hi'],
    ['me@example.org', 'link(mailto:me@example.org|me@example.org)'],
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
    ['www.a.example/x', 'link(http://www.a.example/x|www.a.example/x)'],
    ['www. and www.x', 'www. and www.x'],
    ['see index.ts', 'see index.ts'],
    ['https://a.example/b\\_c', 'link(https://a.example/b_c|https://a.example/b_c)'],
    ['![alt](https://a.example/p.png)', 'image(https://a.example/p.png|alt)'],
    ['[![alt](https://a.example/p.png)](https://a.example)', 'link(https://a.example|image(https://a.example/p.png|alt))'],
    ['![](x.png)', 'image(x.png|)'],
    ['![alt](javascript:alert(1))', '![alt](javascript:alert(1))'],
    ['[w]\n\n[w]: https://a.example', 'link(https://a.example|w)'],
    ['javascript:alert(1)', 'javascript:alert(1)'],
  ])('%s', (text, tree) => {
    expect(inline(text)).toBe(tree);
  });

  it('lead only to pages and letters', () => {
    expect(safeHref('HTTPS://a.example')).toBe('https://a.example/');
    expect(safeHref('mailto:a@b.example')).toBe('mailto:a@b.example');
    expect(safeHref(' java\nscript:alert(1)')).toBeNull();
    expect(safeHref('vbscript:x')).toBeNull();
    expect(safeHref('//a.example')).toBeNull();
    expect(safeHref('./page.md')).toBeNull();
  });
});

describe('blocks', () => {
  it('are what they look like', () => {
    expect(types('# a\n\ntext\n- x\n\n> q\n\n---\n```\nc\n```\n|a|\n|-|\n|b|')).toEqual([
      'heading', 'paragraph', 'list', 'quote', 'rule', 'code', 'table',
    ]);
  });

  it('never hold raw HTML', () => {
    const block = only('<img src=x onerror=alert(1)> <b>x</b>');

    expect(block).toEqual({ type: 'paragraph', tight: false, children: [{ type: 'text', text: '<img src=x onerror=alert(1)> <b>x</b>' }] });
  });

  it('keep code as it is, also when it is not closed', () => {
    expect(only('```ts title\n  *a*\n\n')).toEqual({ type: 'code', language: 'ts', text: '  *a*\n\n' });
    expect(only('~~~\n```\n~~~')).toEqual({ type: 'code', language: '', text: '```\n' });
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

  it('nest lists by two, three or four spaces', () => {
    for (const text of ['- a\n  - b', '- a\n    - b', '1. a\n   - b', '1. a\n    1. b', '- a\n\n    - b']) {
      const list = only(text);
      expect(list.type === 'list' && list.items[0]?.blocks.map(({ type }) => type), text).toEqual(['paragraph', 'list']);
    }
  });

  it('show what is nested too deeply as it was written', () => {
    for (const mark of ['> ', '- ']) {
      expect(JSON.stringify(parseMarkdown(`${mark.repeat(200)}the end`)).includes('the end'), mark).toBe(true);
    }
    expect(previewLine(`${'*a **b '.repeat(60)}end${'** *'.repeat(60)}`, 10_000)).toContain('end');
  });
});

describe('footnotes', () => {
  it('are numbered as the text asks for them', () => {
    const blocks = parseMarkdown('one[^b] two[^a] one[^b]\n\n[^a]: first\n[^b]: second\n    more\n\n[^c]: nobody asks');

    expect(blocks[0]?.type === 'paragraph' && show(blocks[0].children)).toBe('onenote(1) twonote(2) onenote(1)');
    expect(blocks[1]?.type === 'notes' && blocks[1].notes.map(({ number, blocks: [text] }) => `${number} ${text?.type === 'paragraph' ? show(text.children) : ''}`)).toEqual([
      '1 second/more', '2 first', '3 nobody asks',
    ]);
  });

  it('that nothing defines are text', () => {
    expect(inline('one[^b] ^[x]')).toBe('one[^b] ^[x]');
  });
});

describe('maths', () => {
  it.each([
    ['so \\(a^2\\) is', 'so math(a^2) is'],
    ['so $a^2$ is', 'so math(a^2) is'],
    ['($x$, $y$)', '(math(x), math(y))'],
    ['it is $$a_1 * b_1 * c$$ now', 'it is display(a_1 * b_1 * c) now'],
    ['it is \\[a^2\\] now', 'it is display(a^2) now'],
    ['\\(O(n)\\) and \\(x\\)', 'math(O(n)) and math(x)'],
    ['\\[sic\\] \\[1\\] \\(or so\\)', '[sic] [1] (or so)'],
    ['$\\text{costs \\$5}$', 'math(\\text{costs \\$5})'],
    ['$5 and $10', '$5 and $10'],
    ['$E = mc^2$ and $f(x) = \\text{the end of} x$', 'math(E = mc^2) and math(f(x) = \\text{the end of} x)'],
    ['$5, or $10.', '$5, or $10.'],
    ['I owe you $20, you owe me 30$.', 'I owe you $20, you owe me 30$.'],
    ['$1 = 0.9 euro, and 5$', '$1 = 0.9 euro, and 5$'],
    ['$5/month or $10/month', '$5/month or $10/month'],
    ['between $5–$10', 'between $5–$10'],
    ['$5-$10', '$5-$10'],
    ['$1,000/$2,000', '$1,000/$2,000'],
    ['from $5 (or 4$)', 'from $5 (or 4$)'],
    ['US$5 and A$6', 'US$5 and A$6'],
    ['a 10$ bill or a 20$ one', 'a 10$ bill or a 20$ one'],
    ['$HOME/bin:$PATH', '$HOME/bin:$PATH'],
    ['echo $A $B', 'echo $A $B'],
    ['`$a$`', 'code($a$)'],
    ['\\$a$', '$a$'],
    ['\\(a', '(a'],
    ['\\(\\)', '()'],
    ['\\[link](x', '[link](x'],
    ['$ a $', '$ a $'],
    ['$$', '$$'],
    ['$a\n\nb$', '$a'],
  ])('%s', (text, tree) => {
    expect(inline(text)).toBe(tree);
  });

  it.each([
    ['$$\na^2\n$$', 'a^2'],
    ['\\[\na^2\n\\]', 'a^2'],
    ['$$a^2$$', 'a^2'],
    ['  \\[ a\n+ b \\]', 'a\n+ b'],
    ['$$\na\n\n# b\n$$', 'a\n\n# b'],
  ])('on lines of its own: %s', (text, tex) => {
    expect(parseMarkdown(text)).toMatchObject([{ type: 'math', tex, open: false }]);
  });

  it('may follow a line of text, and stand in a list or a quote', () => {
    expect(types('so\n$$\na\n$$\nand')).toEqual(['paragraph', 'math', 'paragraph']);
    expect(JSON.stringify(parseMarkdown('- x\n\n  $$\n  a\n  $$'))).toContain('"tex":"a"');
    expect(JSON.stringify(parseMarkdown('> $$\n> a\n> $$'))).toContain('"tex":"a"');
  });

  it('that does not close is text', () => {
    expect(types('$$\na\n\nb')).toEqual(['paragraph', 'paragraph']);
  });
});

describe('mentions', () => {
  it.each([
    ['- `@bob` and @ann', 'list'],
    ['- ```\n  @bob\n  ```\n\n@ann', 'list,paragraph'],
    ['https://host/@bob and @ann', 'paragraph'],
    ['<https://host/@bob> @ann', 'paragraph'],
    ['medium.com/@bob @ann', 'paragraph'],
    ['ftp://host/@bob @ann', 'paragraph'],
    ['![@bob](a.png) @ann', 'paragraph'],
    ['\\@bob &#64;bob x@bob @bob@host.example @ann', 'paragraph'],
    ['    @bob\n\n@ann', 'code,paragraph'],
    ['**@ann**', 'paragraph'],
  ])('are not in code, addresses or behind escapes: %s', (text, kinds) => {
    const found = [...JSON.stringify(parseMarkdown(text)).matchAll(/"type":"mention","name":"(\w+)/g)].map(([, name]) => name);

    expect(types(text).join()).toBe(kinds);
    expect(found).toEqual(['ann']);
  });
});

describe('a text without end', () => {
  it.each([
    '[a](', '*a ', '> ', '>\n', '- ', '- - - ', '[', '![', '`', '``` ', '**a *b ', '*a_b ', '_a', '~~a ', '| a ', '|a\n|-\n', '![a](', '<http://', 'http://a.b/', 'www.a.b ', '@a ', 'a@b.c ',
    '\\', '&amp;', '[^a]', '[^a', '[^1]: x\n', '[a]: x\n', '(', '"', 'a\n\n', '- a\n', '1. a\n  ', '# a\n', '*a* ', '[a](b) ', '$a', '$', '$$\n', '$$a', '\\(', '\\[\n', '\\[ ', '\t', '  \n', '@', '<',
  ])('of nothing but %j is parsed in bounds', (piece) => {
    const text = piece.repeat(200_000 / piece.length);
    parseMarkdown(text.slice(0, 2_000));

    const spent = cpuMilliseconds(() => parseMarkdown(`[^1]: a\n\n${text}`));

    expect(spent).toBeLessThan(4_000);
  });
});

it('plain text is one line without marks', () => {
  expect(previewLine('**Hi** @june,\n\n- a\n- b `c`')).toBe('Hi @june, a, b c');
});

import { expect, it } from 'vitest';
import { groupLines, linesInGroup, type CodeLine } from './code-lines';

const code = (lines: number) => Array.from({ length: lines }, (_, at) => `line ${at}`).join('\n');
const plain = (line: CodeLine) => (typeof line === 'string' ? line : line.map(([, piece]) => piece).join(''));

it('groups complete lines, and keeps the open ones apart', () => {
  const { full, rest } = groupLines(code(linesInGroup * 2 + 3), null);

  expect(full.map((group) => group.length)).toEqual([linesInGroup, linesInGroup]);
  expect(rest).toEqual(['line 64', 'line 65', 'line 66']);
});

it('colours as far as the colours reach, also within the last line', () => {
  const colours = { text: 'let a\nlet', lines: [[['hljs-keyword', 'let'], ['', ' a']], [['hljs-keyword', 'let']]] as CodeLine[] };

  const { rest } = groupLines('let a\nlet b\nlet c', colours);

  expect(rest).toEqual([colours.lines[0], [['hljs-keyword', 'let'], ['', ' b']], 'let c']);
});

it('leaves colours of another text out', () => {
  expect(groupLines('var b', { text: 'let a', lines: [[['x', 'let a']]] }).rest).toEqual(['var b']);
});

it('loses no character', () => {
  const text = code(100);
  const { full, rest } = groupLines(text, { text: code(50), lines: code(50).split('\n').map((line) => [['x', line]] as CodeLine) });

  expect([...full.flat(), ...rest].map(plain).join('\n')).toBe(text);
});

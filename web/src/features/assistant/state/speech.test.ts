import { expect, it } from 'vitest';
import { nextUtterance, nothingSpoken, type Spoken } from './speech';

const name = (language: string) => `Code, ${language}`;

// What is read out while a text comes in pieces.
function heard(pieces: string[]): string[] {
  let text = '';
  let spoken: Spoken = nothingSpoken;
  const words: string[] = [];
  pieces.forEach((piece, index) => {
    text += piece;
    const next = nextUtterance(text, spoken, index === pieces.length - 1, name);
    spoken = next.spoken;
    if (next.words) words.push(next.words);
  });
  return words;
}

it('is whole sentences, never single words', () => {
  expect(heard(['It ', 'rains. It', ' will stop', ' soon! Then', ' we go'])).toEqual(['It rains.', 'It will stop soon!', 'Then we go']);
});

it('does not end a sentence inside a number', () => {
  expect(heard(['Version 3.', '14 is out. ', 'Yes'])).toEqual(['Version 3.14 is out.', 'Yes']);
});

it('names code instead of reading it', () => {
  expect(heard(['Look:\n```python\n', 'print(1)\n', 'x = 2\n```\n', 'Done.'])).toEqual(['Look: Code, python.', 'Done.']);
});

it('leaves marks out', () => {
  expect(heard(['## A **bold** title\n- see [the page](https://example.org)\n| a | b |\n|---|---|\n'])).toEqual(['A bold title see the page a, b']);
});

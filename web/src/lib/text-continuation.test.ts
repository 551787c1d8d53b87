import { describe, expect, it } from 'vitest';
import { continueLine, insideFence, completionAt } from './text-continuation';

// `|` marks the caret.
function enter(marked: string): string | null {
  const edit = continueLine(marked.replace('|', ''), marked.indexOf('|'));
  return edit && `${edit.text.slice(0, edit.caret)}|${edit.text.slice(edit.caret)}`;
}

describe('a new line', () => {
  it.each([
    ['goes on with a list', '- one|', '- one\n- |'],
    ['keeps the indentation of a list', '  * one|', '  * one\n  * |'],
    ['counts on', '9. one|', '9. one\n10. |'],
    ['opens the next task', '- [x] one|', '- [x] one\n- [ ] |'],
    ['ends a list at an empty item', '- one\n- |', '- one\n|'],
    ['goes on with a quote', '> one|', '> one\n> |'],
    ['ends a quote at an empty line', '> one\n> |', '> one\n|'],
    ['splits an item', '- one| two', '- one\n- | two'],
    ['closes a fence that was opened', '```ts|', '```ts\n|\n```'],
    ['keeps the indentation of code', '```\n  a|\n```', '```\n  a\n  |\n```'],
    ['does not go on with a list inside code', '```\n- a|\n```', null],
    ['is plain after plain text', 'hello|', null],
  ])('%s', (_promise, before, after) => {
    expect(enter(before)).toBe(after);
  });
});

it('knows whether a fence is open at the caret', () => {
  expect(insideFence('```\ncode', 8)).toBe(true);
  expect(insideFence('```\ncode\n```\n', 13)).toBe(false);
});

describe('a mention', () => {
  it('is asked for after an @ at a word’s start', () => {
    expect(completionAt('hi @ju', 6)).toEqual({ sign: '@', from: 3, query: 'ju' });
    expect(completionAt('@', 1)).toEqual({ sign: '@', from: 0, query: '' });
  });

  it('is not asked for inside an address or code', () => {
    expect(completionAt('mail@ju', 7)).toBeNull();
    expect(completionAt('```\n@ju', 7)).toBeNull();
  });
});

describe('an emoji', () => {
  it('is asked for after a colon and two letters', () => {
    expect(completionAt('well :ta', 8)).toEqual({ sign: ':', from: 5, query: 'ta' });
    expect(completionAt(':+1', 3)).toEqual({ sign: ':', from: 0, query: '+1' });
  });

  it('is not asked for by a face, a time or code', () => {
    expect(completionAt('well :D', 7)).toBeNull();
    expect(completionAt('at 10:30', 8)).toBeNull();
    expect(completionAt('```\n:ta', 7)).toBeNull();
  });
});

describe('a command', () => {
  it('is the first word of a message', () => {
    expect(completionAt('/', 1)).toEqual({ sign: '/', from: 0, query: '' });
    expect(completionAt('/in', 3)).toEqual({ sign: '/', from: 0, query: 'in' });
  });

  it('is nothing later, and no path', () => {
    expect(completionAt('see /in', 7)).toBeNull();
    expect(completionAt('/etc/ho', 7)).toBeNull();
  });
});

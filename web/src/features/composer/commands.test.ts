import { describe, expect, it } from 'vitest';
import { commandIn, type Command } from './commands';
import { emoji, findEmoji } from './emoji';

const run = () => undefined;
const commands: Command[] = [
  { name: 'invite', argument: '[user name]', help: '', run },
  { name: 'leave', argument: null, help: '', run },
];
const called = (text: string) => {
  const call = commandIn(text, commands);
  return call && [call.command.name, call.argument];
};

describe('a text', () => {
  it.each<[string, string[] | null]>([
    ['/invite ada tom', ['invite', 'ada tom']],
    ['/invite ', ['invite', '']],
    ['/leave', ['leave', '']],
    ['/leave it to me', null],
    ['/etc', null],
    ['/etc/hosts', null],
    ['well, /leave', null],
    ['/invite ada\nand more', null],
  ])('%j calls %j', (text, call) => {
    expect(called(text)).toEqual(call);
  });
});

describe('emoji', () => {
  it('have names of their own', () => {
    expect(new Set(emoji.map(({ name }) => name)).size).toBe(emoji.length);
    expect(new Set(emoji.map(({ sign }) => sign)).size).toBe(emoji.length);
  });

  it('are found by the start of a word, whole names first', () => {
    expect(findEmoji('tea', 6)[0]?.sign).toBe('🍵');
    expect(findEmoji('+1', 6).map(({ sign }) => sign)).toEqual(['👍']);
    expect(findEmoji('Tad', 6).map(({ sign }) => sign)).toEqual(['🎉']);
    expect(findEmoji('hea', 2).map(({ name }) => name)).toEqual(['heart', 'heart_eyes']);
    expect(findEmoji('xq', 6)).toEqual([]);
  });
});

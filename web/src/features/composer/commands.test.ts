import { describe, expect, it } from 'vitest';
import { readCommand, type Command } from './commands';
import { emoji, findEmoji } from './emoji';

const run = () => undefined;
const commands: Command[] = [
  { name: 'invite', argument: '[user name]', help: '', run },
  { name: 'leave', argument: null, help: '', run },
];
const read = (text: string) => {
  const reading = readCommand(text, commands);
  if (reading.kind === 'call') return `${reading.command.name}(${reading.argument})`;
  return reading.kind === 'unknown' ? `unknown ${reading.name}` : reading.kind;
};

describe('a text', () => {
  it.each([
    ['/invite ada tom', 'invite(ada tom)'],
    ['/invite ', 'invite()'],
    ['/Invite ada', 'invite(ada)'],
    ['/leave', 'leave()'],
    ['/leave it to me', 'misused'],
    ['/invite ada\nand more', 'misused'],
    ['/etc', 'unknown etc'],
    ['/shrug whatever', 'unknown shrug'],
    ['/übung\nmehr', 'unknown übung'],
    ['/etc/hosts', 'message'],
    ['/', 'message'],
    ['/ me', 'message'],
    ['//me', 'message'],
    ['/2 of them', 'message'],
    [' /leave', 'message'],
    ['well, /leave', 'message'],
  ])('%j is read as %s', (text, reading) => {
    expect(read(text)).toBe(reading);
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

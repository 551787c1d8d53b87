import { describe, expect, it } from 'vitest';
import { readCommand, type Command } from './commands';

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

import { describe, expect, it } from 'vitest';
import { composerIntent, globalIntent, messageIntent, pressOf, type ComposerContext, type KeyPress } from './key-intent';

const plain: ComposerContext = { empty: false, enterSends: true, touch: false, inFence: false };

describe('the composer', () => {
  it.each<[string, KeyPress, Partial<ComposerContext>, string]>([
    ['sends on Enter', { key: 'Enter' }, {}, 'send'],
    ['breaks the line on Shift-Enter', { key: 'Enter', shift: true }, {}, 'new_line'],
    ['never sends while an input method composes', { key: 'Enter', composing: true }, {}, 'none'],
    ['breaks the line on Enter on touch screens', { key: 'Enter' }, { touch: true }, 'new_line'],
    ['breaks the line on Enter inside a code fence', { key: 'Enter' }, { inFence: true }, 'new_line'],
    ['sends on Ctrl-Enter even there', { key: 'Enter', ctrl: true }, { inFence: true }, 'send'],
    ['breaks the line on Enter when that is chosen', { key: 'Enter' }, { enterSends: false }, 'new_line'],
    ['sends on Ctrl-Enter when Enter does not', { key: 'Enter', ctrl: true }, { enterSends: false }, 'send'],
    ['sends on Command-Enter', { key: 'Enter', meta: true }, { enterSends: false }, 'send'],
    ['edits the last message on arrow up when empty', { key: 'ArrowUp' }, { empty: true }, 'edit_last'],
    ['moves the caret on arrow up when not empty', { key: 'ArrowUp' }, {}, 'none'],
    ['cancels on Escape', { key: 'Escape' }, {}, 'cancel'],
    ['leaves other keys alone', { key: 'a' }, {}, 'none'],
  ])('%s', (_promise, press, context, intent) => {
    expect(composerIntent(press, { ...plain, ...context })).toBe(intent);
  });
});

describe('a message in focus', () => {
  it.each<[KeyPress, string]>([
    [{ key: 'ArrowUp' }, 'previous'], [{ key: 'ArrowDown' }, 'next'], [{ key: 'r' }, 'reply'], [{ key: 'E' }, 'edit'],
    [{ key: 'Delete' }, 'delete'], [{ key: 'c' }, 'copy'], [{ key: 'c', ctrl: true }, 'none'], [{ key: 'Escape' }, 'leave'], [{ key: 'x' }, 'none'],
  ])('%o means %s', (press, intent) => {
    expect(messageIntent(press)).toBe(intent);
  });
});

describe('everywhere', () => {
  it.each<[KeyPress, boolean, string]>([
    [{ key: 'k', ctrl: true }, true, 'switcher'], [{ key: 'K', meta: true }, false, 'switcher'], [{ key: 'k' }, false, 'none'],
    [{ key: '?' }, false, 'help'], [{ key: '?' }, true, 'none'], [{ key: '/' }, false, 'compose'], [{ key: '/' }, true, 'none'],
  ])('%o, typing %s, means %s', (press, typing, intent) => {
    expect(globalIntent(press, typing)).toBe(intent);
  });
});

it('knows composing by the event, by what is below it, and by key code 229', () => {
  const event = { key: 'Enter', shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };

  expect(pressOf({ ...event, isComposing: true }).composing).toBe(true);
  expect(pressOf({ ...event, nativeEvent: { isComposing: true } }).composing).toBe(true);
  expect(pressOf({ ...event, keyCode: 229 }).composing).toBe(true);
  expect(pressOf(event).composing).toBe(false);
});

// What a key means, decided without a browser so that it can be tested.

export interface KeyPress {
  key: string;
  shift?: boolean;
  ctrl?: boolean;
  meta?: boolean;
  alt?: boolean;
  // An input method is composing: its Enter chooses a word.
  composing?: boolean;
}

export type ComposerIntent = 'send' | 'new_line' | 'edit_last' | 'cancel' | 'none';

export interface ComposerContext {
  empty: boolean;
  enterSends: boolean;
  // On touch screens Enter always breaks the line; the button sends.
  touch: boolean;
  inFence: boolean;
}

export function composerIntent(press: KeyPress, context: ComposerContext): ComposerIntent {
  if (press.composing) return 'none';
  if (press.key === 'Enter') return enterIntent(press, context);
  if (press.key === 'ArrowUp' && context.empty && !press.shift && !press.alt && !press.ctrl && !press.meta) return 'edit_last';
  return press.key === 'Escape' ? 'cancel' : 'none';
}

function enterIntent(press: KeyPress, context: ComposerContext): ComposerIntent {
  if (press.alt) return 'none';
  if (press.ctrl || press.meta) return 'send';
  if (context.touch) return 'new_line';
  if (!context.enterSends) return press.shift ? 'send' : 'new_line';
  if (press.shift) return 'new_line';
  return context.inFence ? 'new_line' : 'send';
}

export type MessageIntent = 'previous' | 'next' | 'first' | 'last' | 'reply' | 'edit' | 'delete' | 'copy' | 'leave' | 'none';

const messageKeys: Record<string, MessageIntent> = {
  ArrowUp: 'previous', k: 'previous', ArrowDown: 'next', j: 'next', Home: 'first', End: 'last',
  r: 'reply', e: 'edit', Delete: 'delete', Backspace: 'delete', c: 'copy', Escape: 'leave',
};

export function messageIntent(press: KeyPress): MessageIntent {
  if (press.ctrl || press.meta || press.alt || press.composing) return 'none';
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  return messageKeys[key] ?? 'none';
}

export type GlobalIntent = 'switcher' | 'help' | 'compose' | 'none';

// `typing` is true while a text field has the focus.
export function globalIntent(press: KeyPress, typing: boolean): GlobalIntent {
  if ((press.ctrl || press.meta) && press.key.toLowerCase() === 'k' && !press.shift && !press.alt) return 'switcher';
  if (typing || press.ctrl || press.meta || press.alt) return 'none';
  if (press.key === '?') return 'help';
  return press.key === '/' ? 'compose' : 'none';
}

interface KeyEventLike {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing?: boolean;
  keyCode?: number;
  nativeEvent?: { isComposing?: boolean };
}

export function pressOf(event: KeyEventLike): KeyPress {
  return {
    key: event.key,
    shift: event.shiftKey,
    ctrl: event.ctrlKey,
    meta: event.metaKey,
    alt: event.altKey,
    // Safari reports the composing Enter as key code 229 only.
    composing: event.isComposing === true || event.nativeEvent?.isComposing === true || event.keyCode === 229,
  };
}

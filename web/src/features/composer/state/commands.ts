// What a message that starts with a slash can do instead of being sent.
export interface Command {
  name: string;
  // What may follow the name, as shown to the person; null when nothing may.
  argument: string | null;
  help: string;
  run: (argument: string) => void;
}

// What a text is: an ordinary message, a command to run, or one that looks like a command and is none, or is called in
// a way that it cannot be.
export type Reading =
  | { kind: 'message' }
  | { kind: 'call'; command: Command; argument: string }
  | { kind: 'unknown'; name: string }
  | { kind: 'misused'; command: Command };

// A slash and one word, at the very start and not within a path: `/etc/hosts` is a message.
const shape = /^\/(\p{L}[\p{L}\p{N}_-]*)(?:\s+([^]*))?$/u;

export function readCommand(text: string, commands: readonly Command[]): Reading {
  const match = shape.exec(text.trimEnd());
  const name = match?.[1]?.toLowerCase();
  if (name === undefined) return { kind: 'message' };
  const command = commands.find((known) => known.name === name);
  const argument = match?.[2]?.trim() ?? '';
  if (!command) return { kind: 'unknown', name };
  if (argument.includes('\n') || (argument !== '' && command.argument === null)) return { kind: 'misused', command };
  return { kind: 'call', command, argument };
}

// What a message that starts with a slash can do instead of being sent.
export interface Command {
  name: string;
  // What may follow the name, as shown to the person; null when nothing may.
  argument: string | null;
  help: string;
  run: (argument: string) => void;
}

export interface Call {
  command: Command;
  argument: string;
}

// The command that a text calls. Anything else with a slash is an ordinary message.
export function commandIn(text: string, commands: readonly Command[]): Call | null {
  const match = /^\/([a-z]+)(?:\s+([^\n]*))?$/.exec(text.trim());
  const command = commands.find((known) => known.name === match?.[1]);
  const argument = match?.[2]?.trim() ?? '';
  if (!command || (argument !== '' && command.argument === null)) return null;
  return { command, argument };
}

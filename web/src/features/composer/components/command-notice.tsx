import { Button } from '@/components/button';
import type { Command, Reading } from '@/features/composer/state/commands';
import { composerStrings } from '@/i18n/composer';

interface CommandNoticeProps {
  reading: Reading;
  commands: readonly Command[];
  // Sends what was written, as an ordinary message.
  onSend: () => void;
}

function wordsOf(reading: Reading, commands: readonly Command[]): string {
  const texts = composerStrings.commands;
  if (reading.kind === 'misused') {
    return reading.command.argument === null ? texts.takesNothing(reading.command.name) : texts.takesOneLine(reading.command.name);
  }
  if (reading.kind !== 'unknown') return '';
  const names = commands.map(({ name }) => `/${name}`).join(', ');
  return names ? `${texts.unknown(reading.name)} ${texts.known(names)}` : texts.unknown(reading.name);
}

// Says why what looks like a command was not sent, and offers to send it.
export function CommandNotice({ reading, commands, onSend }: CommandNoticeProps) {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-1 pt-1.5 text-small text-warn">
      <span className="min-w-0">{wordsOf(reading, commands)}</span>
      <Button size="small" onClick={onSend}>{composerStrings.commands.sendAsText}</Button>
    </div>
  );
}

import { messagesStrings } from '@/i18n/messages';

export function DayDivider({ label }: { label: string }) {
  return (
    <div role="separator" aria-label={label} className="flex items-center gap-4 px-3 pt-5 pb-1 md:px-5">
      <span aria-hidden data-mark className="h-px flex-1 bg-line" />
      <span className="text-small font-medium text-faint">{label}</span>
      <span aria-hidden data-mark className="h-px flex-1 bg-line" />
    </div>
  );
}

export function NewDivider() {
  return (
    <div role="separator" aria-label={messagesStrings.newLine} className="flex items-center gap-3 px-3 pt-3 md:px-5">
      <span aria-hidden data-mark className="h-px flex-1 bg-accent" />
      <span data-mark className="rounded-full bg-accent px-2 text-small font-bold text-accent-ink">{messagesStrings.newMark}</span>
    </div>
  );
}

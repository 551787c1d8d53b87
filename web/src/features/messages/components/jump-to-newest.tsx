import { ArrowDown } from 'lucide-react';
import { messagesStrings } from '@/i18n/messages';

export function JumpToNewest({ count, onJump }: { count: number; onJump: () => void }) {
  return (
    <button
      type="button"
      onClick={onJump}
      className="enter-pop absolute bottom-3 left-1/2 z-10 inline-flex h-9 -translate-x-1/2 items-center gap-2 rounded-full bg-raised px-4 font-medium text-ink shadow-float transition-colors hover:bg-hover pointer-coarse:h-11"
    >
      <ArrowDown size={16} aria-hidden className="text-accent-text" />
      <span className="tabular">{messagesStrings.jumpToNewest(count)}</span>
    </button>
  );
}

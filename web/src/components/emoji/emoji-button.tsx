import { Smile } from 'lucide-react';
import { lazy, Suspense, useId, useRef, useState, type KeyboardEvent } from 'react';
import { IconButton } from '@/components/icon-button';
import { emojiStrings } from '@/i18n/emoji';
import { cn } from '@/lib/cn';
import { isTouch } from '@/lib/hooks/use-media';

const Picker = lazy(() => import('./emoji-picker'));

const gap = 8;

// Above its button and inside the window.
function place(panel: HTMLElement, button: HTMLElement): void {
  const anchor = button.getBoundingClientRect();
  panel.style.bottom = `${Math.max(gap, innerHeight - anchor.top + gap)}px`;
  panel.style.left = `${Math.max(gap, Math.min(anchor.right - panel.offsetWidth, innerWidth - panel.offsetWidth - gap))}px`;
}

interface EmojiButtonProps {
  onPick: (sign: string) => void;
  // Where the focus belongs once the picker is closed.
  onClose: () => void;
}

// Opens a picker in the top layer; the browser closes it on Escape and on a press outside.
export function EmojiButton({ onPick, onClose }: EmojiButtonProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const onToggle = (isOpen: boolean) => {
    setOpen(isOpen);
    if (isOpen && panel.current && button.current) place(panel.current, button.current);
    const { activeElement } = document;
    // After a press outside the focus is where the person put it.
    if (!isOpen && (activeElement === button.current || activeElement === document.body)) giveBack();
  };
  const giveBack = () => {
    if (!isTouch()) onClose();
  };
  // The browser tells of it too late: the next key would be lost.
  const close = () => {
    panel.current?.hidePopover();
    giveBack();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    close();
  };
  return (
    <>
      <IconButton
        ref={button}
        icon={Smile}
        label={emojiStrings.open}
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-controls={id}
        className={cn(open && 'bg-hover text-ink')}
        popoverTarget={id}
      />
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={emojiStrings.title}
        onKeyDown={onKeyDown}
        onToggle={(event) => onToggle(event.newState === 'open')}
        className="fixed top-auto right-auto m-0 h-[min(420px,60dvh)] w-[min(356px,calc(100vw-16px))] overflow-hidden rounded-md bg-raised text-ink shadow-float outline-none"
      >
        {open && (
          <Suspense fallback={null}>
            <Picker
              onPick={(sign, more) => {
                onPick(sign);
                if (!more) close();
              }}
            />
          </Suspense>
        )}
      </div>
    </>
  );
}

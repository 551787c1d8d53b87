import { X } from 'lucide-react';
import { useEffect, useId, useRef, type MouseEvent, type PointerEvent, type ReactNode } from 'react';
import { IconButton } from '@/components/icon-button';
import { basicStrings } from '@/i18n/basics';
import { cn } from '@/lib/cn';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  // `bare` leaves the frame to the content; `side` slides in as a sheet.
  shape?: 'card' | 'bare' | 'side';
  className?: string;
}

const shapes = {
  card: 'enter-pop w-[min(480px,calc(100vw-24px))] max-h-[calc(100dvh-48px)] rounded-lg',
  bare: 'enter-pop w-[min(600px,calc(100vw-24px))] max-h-[min(520px,calc(100dvh-48px))] rounded-lg mt-[min(12dvh,96px)]',
  side: 'enter-sheet h-dvh w-[360px] max-md:w-screen me-0 ms-auto',
};

const focusable = 'input, textarea, select, button, a[href], [tabindex="0"]';

// The way out is no reason to open a dialog: what is meant to be used comes first, and where there is nothing, the text.
function focusFirstUseful(dialog: HTMLDialogElement): void {
  if (dialog.querySelector('[data-autofocus]:focus, [autofocus]:focus')) return;
  const useful = dialog.querySelector<HTMLElement>('[data-autofocus]:not(:disabled)')
    ?? Array.from(dialog.querySelectorAll<HTMLElement>(focusable)).find((one) => !one.matches(':disabled, [data-close], [tabindex="-1"]'));
  (useful ?? dialog.querySelector<HTMLElement>('h2'))?.focus();
}

// A native modal dialog: the browser keeps the focus inside, closes on Escape and returns the focus.
export function Dialog({ title, onClose, children, shape = 'card', className }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    if (dialog) focusFirstUseful(dialog);
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  // Both ends of the press must be on the backdrop: a finger that opened the dialog by resting may still lift.
  const pressedOutside = useRef(false);
  const onPointerDown = (event: PointerEvent) => {
    pressedOutside.current = event.target === ref.current;
  };
  const onClick = (event: MouseEvent) => {
    if (pressedOutside.current && event.target === ref.current) onClose();
  };
  return (
    <dialog
      ref={ref}
      data-slot="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // What a dialog takes is not taken by what it stands over.
      onKeyDown={(event) => event.key === 'Escape' && event.stopPropagation()}
      onPointerDown={onPointerDown}
      onClick={onClick}
      className={cn('overflow-hidden bg-raised p-0 text-ink shadow-float', shapes[shape], className)}
    >
      {shape === 'card' ? (
        <div className="flex max-h-[inherit] flex-col">
          <header className="flex items-center justify-between gap-4 px-6 pt-5 pb-1">
            <h2 id={titleId} tabIndex={-1} className="text-title font-bold outline-none">
              {title}
            </h2>
            <IconButton icon={X} label={basicStrings.words.close} data-close onClick={onClose} className="-me-2" />
          </header>
          <div className="overflow-y-auto px-6 pt-3 pb-6">{children}</div>
        </div>
      ) : (
        <>
          <h2 id={titleId} className="sr-only">
            {title}
          </h2>
          {children}
        </>
      )}
    </dialog>
  );
}

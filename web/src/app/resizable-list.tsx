import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { useSettings } from '@/features/settings/state/settings-store';
import { conversationsStrings } from '@/i18n/conversations';

const narrowest = 220;
const widest = 400;
const clamp = (width: number) => Math.min(widest, Math.max(narrowest, Math.round(width)));

// The list's column: its width is dragged, or moved by the arrow keys, and remembered.
export function ResizableList({ children }: { children: ReactNode }) {
  const { listWidth, set } = useSettings();
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const left = event.currentTarget.parentElement?.getBoundingClientRect().left ?? 0;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    set({ listWidth: clamp(((event.clientX - left) * 16) / rem) });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -16, ArrowRight: 16 }[event.key];
    if (by) set({ listWidth: clamp(listWidth + by) });
  };
  return (
    <div className="relative shrink-0 border-e border-line" style={{ width: `${listWidth / 16}rem` }}>
      {children}
      <div
        role="separator"
        aria-orientation="vertical"
        aria-label={conversationsStrings.resize}
        aria-valuemin={narrowest}
        aria-valuemax={widest}
        aria-valuenow={listWidth}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onPointerMove}
        onDoubleClick={() => set({ listWidth: 280 })}
        className="absolute inset-y-0 -right-1 z-10 w-2 cursor-col-resize touch-none transition-colors hover:bg-accent/40 active:bg-accent/60"
      />
    </div>
  );
}

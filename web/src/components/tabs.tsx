import { useRef, type KeyboardEvent } from 'react';
import { cn } from '@/lib/cn';
import { moveFocus } from '@/lib/focus';

interface TabsProps<T extends string> {
  label: string;
  value: T;
  tabs: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}

// Parts of one panel: one stop for Tab, arrows choose.
export function Tabs<T extends string>({ label, value, tabs, onChange }: TabsProps<T>) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined || !list.current) return;
    event.preventDefault();
    moveFocus(list.current, '[role=tab]', by);
    (document.activeElement as HTMLElement | null)?.click();
  };
  return (
    <div ref={list} role="tablist" aria-label={label} onKeyDown={onKeyDown} className="flex shrink-0 gap-1 border-b border-line px-3">
      {tabs.map((tab) => (
        <button
          key={tab.value}
          type="button"
          role="tab"
          aria-selected={tab.value === value}
          tabIndex={tab.value === value ? 0 : -1}
          onClick={() => onChange(tab.value)}
          className={cn(
            'relative h-10 px-2 font-medium outline-offset-[-2px] transition-colors pointer-coarse:h-11 pointer-coarse:px-3',
            tab.value === value ? 'text-ink after:absolute after:inset-x-2 after:bottom-0 after:h-0.5 after:rounded-full after:bg-accent' : 'text-soft hover:text-ink',
          )}
        >
          {tab.label}
        </button>
      ))}
    </div>
  );
}

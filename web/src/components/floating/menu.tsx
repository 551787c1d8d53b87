import type { LucideIcon } from 'lucide-react';
import { useId, useRef, useState, type ButtonHTMLAttributes, type KeyboardEvent, type ReactNode, type Ref } from 'react';
import { IconButton } from '@/components/icon-button';
import { cn } from '@/lib/cn';

export interface MenuItem {
  label: string;
  icon?: LucideIcon;
  keys?: string;
  danger?: boolean;
  checked?: boolean;
  onSelect: () => void;
}

interface MenuProps {
  label: string;
  icon: LucideIcon;
  items: MenuItem[];
  size?: 'small' | 'medium';
  // Shown in the button, which is then as wide as it needs to be.
  text?: string;
  header?: ReactNode;
  onOpenChange?: (open: boolean) => void;
  className?: string;
}

const gap = 4;

// Puts the panel below its button, or above when there is no room, and inside the window.
function place(panel: HTMLElement, button: HTMLElement): void {
  const anchor = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = anchor.bottom + gap;
  const top = below + height > innerHeight - 8 ? Math.max(8, anchor.top - gap - height) : below;
  panel.style.top = `${top}px`;
  const left = anchor.left < innerWidth / 2 && anchor.width > 60 ? anchor.left : anchor.right - width;
  panel.style.left = `${Math.min(Math.max(8, left), innerWidth - width - 8)}px`;
}

// A button with a menu in the top layer; the browser closes it on Escape and on a press outside.
export function Menu({ label, icon, items, size = 'medium', text, header, onOpenChange, className }: MenuProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const entries = () => Array.from(panel.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? []);
  const onKeyDown = (event: KeyboardEvent) => {
    const list = entries();
    const at = list.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: list.length - 1 }[event.key];
    if (event.key === 'Tab') panel.current?.hidePopover();
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    list[(to + list.length) % list.length]?.focus();
  };
  const onToggle = (isOpen: boolean) => {
    setOpen(isOpen);
    onOpenChange?.(isOpen);
    if (isOpen && panel.current && button.current) {
      place(panel.current, button.current);
      entries()[0]?.focus();
    }
  };
  const shared = {
    ref: button,
    'aria-haspopup': 'menu' as const,
    'aria-expanded': open,
    'aria-controls': id,
    className: cn(open && 'bg-hover text-ink', className),
    onClick: () => panel.current?.togglePopover(),
  };
  return (
    <>
      {text === undefined
        ? <IconButton icon={icon} label={label} size={size} {...shared} />
        : <TextTrigger icon={icon} label={label} text={text} {...shared} />}
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={label}
        onKeyDown={onKeyDown}
        onToggle={(event) => onToggle(event.newState === 'open')}
        className="fixed m-0 min-w-52 rounded-md bg-raised p-1 text-ink shadow-float outline-none"
      >
        {open && header}
        {open &&
          items.map((item) => (
            <MenuEntry key={item.label} item={item} close={() => panel.current?.hidePopover()} />
          ))}
      </div>
    </>
  );
}

interface TextTriggerProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: LucideIcon;
  label: string;
  text: string;
  ref: Ref<HTMLButtonElement>;
}

function TextTrigger({ icon: Icon, label, text, className, ...rest }: TextTriggerProps) {
  return (
    <button
      type="button"
      aria-label={label}
      className={cn('-ms-2 inline-flex h-7 max-w-56 shrink-0 items-center gap-1 rounded-sm px-2 text-small font-medium text-soft transition-colors hover:bg-hover hover:text-ink pointer-coarse:h-11', className)}
      {...rest}
    >
      <span className="truncate">{text}</span> <Icon size={14} aria-hidden className="shrink-0" />
    </button>
  );
}

function MenuEntry({ item, close }: { item: MenuItem; close: () => void }) {
  const Icon = item.icon;
  return (
    <button
      type="button"
      role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
      aria-checked={item.checked}
      tabIndex={-1}
      onClick={() => {
        close();
        item.onSelect();
      }}
      className={cn(
        'flex h-9 w-full items-center gap-3 rounded-sm px-2.5 text-start outline-none pointer-coarse:h-11',
        'hover:bg-hover focus-visible:bg-hover',
        item.danger ? 'text-bad' : 'text-ink',
        item.checked && 'font-medium text-accent-text',
      )}
    >
      {Icon && <Icon size={16} aria-hidden className={item.danger ? '' : 'text-soft'} />}
      <span className="flex-1 truncate">{item.label}</span>
      {item.keys && <kbd className="text-small text-faint">{item.keys}</kbd>}
    </button>
  );
}

import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes, Ref } from 'react';
import { cn } from '@/lib/cn';

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  icon: LucideIcon;
  // Read out, and shown as a tip.
  label: string;
  keys?: string;
  size?: 'small' | 'medium' | 'large';
  pressed?: boolean;
  tipSide?: 'top' | 'right' | 'bottom';
  ref?: Ref<HTMLButtonElement>;
}

const sizes = { small: 'size-7', medium: 'size-9', large: 'size-11' };

export function IconButton({ icon: Icon, label, keys, size = 'medium', pressed, tipSide, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      data-slot="icon-button"
      aria-label={label}
      aria-pressed={pressed}
      data-tip={label}
      data-tip-keys={keys}
      data-tip-side={tipSide}
      className={cn(
        'inline-flex shrink-0 items-center justify-center rounded-sm text-soft transition-colors hover:bg-hover hover:text-ink',
        'disabled:opacity-45 disabled:hover:bg-transparent',
        pressed && 'bg-selected text-ink',
        sizes[size],
        'pointer-coarse:size-11',
        className,
      )}
      {...rest}
    >
      <Icon size={size === 'small' ? 16 : 18} strokeWidth={1.9} aria-hidden />
    </button>
  );
}

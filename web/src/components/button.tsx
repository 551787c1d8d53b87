import type { ButtonHTMLAttributes } from 'react';
import { cn } from '@/lib/cn';

const variants = {
  primary: 'bg-accent text-accent-ink hover:bg-accent-hover font-medium',
  secondary: 'bg-raised text-ink border border-line hover:bg-hover font-medium',
  ghost: 'text-soft hover:bg-hover hover:text-ink font-medium',
  danger: 'bg-bad-solid text-bad-ink hover:opacity-90 font-medium',
  quiet_danger: 'text-bad hover:bg-bad-soft font-medium',
};

const sizes = {
  small: 'h-8 px-3 gap-1.5',
  medium: 'h-9 px-4 gap-2',
  large: 'h-11 px-5 gap-2',
};

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: keyof typeof variants;
  size?: keyof typeof sizes;
  // Shows that an action is under way and takes no second press.
  busy?: boolean;
}

export function Button({ variant = 'secondary', size = 'medium', busy, className, disabled, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      data-slot="button"
      className={cn(
        'inline-flex shrink-0 items-center justify-center rounded-sm text-base whitespace-nowrap transition-colors select-none',
        'disabled:cursor-default disabled:opacity-55 pointer-coarse:min-h-11',
        variants[variant],
        sizes[size],
        className,
      )}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {children}
    </button>
  );
}

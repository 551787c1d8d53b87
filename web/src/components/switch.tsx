import { useId } from 'react';
import { cn } from '@/lib/cn';

interface SwitchProps {
  label: string;
  hint?: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

export function Switch({ label, hint, checked, disabled, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div data-slot="switch" className="flex min-h-11 items-center justify-between gap-6">
      <label htmlFor={id} className="flex flex-col">
        {/* What cannot be switched says why, as readable as anything else. */}
        <span className={cn('font-medium', disabled && 'text-faint')}>{label}</span>
        {hint && (
          <span id={`${id}-hint`} className="text-small text-faint">
            {hint}
          </span>
        )}
      </label>
      <button
        id={id}
        type="button"
        role="switch"
        aria-checked={checked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        disabled={disabled}
        onClick={() => onChange(!checked)}
        className={cn(
          'relative h-6 w-10 shrink-0 rounded-full border transition-colors disabled:opacity-55',
          checked ? 'border-transparent bg-accent' : 'border-line-strong bg-sunken',
        )}
      >
        <span
          className={cn(
            'absolute top-1/2 left-0 size-4 -translate-y-1/2 rounded-full transition-transform',
            checked ? 'translate-x-5 bg-accent-ink' : 'translate-x-[3px] bg-line-strong',
          )}
        />
      </button>
    </div>
  );
}

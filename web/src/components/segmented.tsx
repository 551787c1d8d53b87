import type { LucideIcon } from 'lucide-react';
import { useId } from 'react';
import { cn } from '@/lib/cn';

export interface Segment<T extends string> {
  value: T;
  label: string;
  hint?: string;
  icon?: LucideIcon;
}

interface SegmentedProps<T extends string> {
  label: string;
  value: T;
  options: Segment<T>[];
  onChange: (value: T) => void;
  hideLabel?: boolean;
}

// One of a few, all seen at once. Real radio buttons carry the arrow keys.
export function Segmented<T extends string>({ label, value, options, onChange, hideLabel }: SegmentedProps<T>) {
  const name = useId();
  return (
    <fieldset data-slot="segmented" className="min-w-0">
      <legend className={hideLabel ? 'sr-only' : 'mb-1.5 font-medium'}>{label}</legend>
      <div className="inline-flex max-w-full rounded-md border border-line bg-sunken p-1">
        {options.map(({ value: option, label: text, icon: Icon }) => (
          <label
            key={option}
            className={cn(
              'inline-flex h-8 min-w-0 items-center justify-center gap-2 rounded-sm px-3 transition-colors pointer-coarse:h-11',
              'has-focus-visible:outline-2 has-focus-visible:outline-focus',
              option === value ? 'bg-raised dark:bg-selected font-medium text-ink shadow-[0_1px_2px_var(--scrim)]' : 'text-soft hover:text-ink',
            )}
          >
            <input
              type="radio"
              name={name}
              className="sr-only"
              checked={option === value}
              onChange={() => onChange(option)}
            />
            {Icon && <Icon size={16} aria-hidden />}
            <span className="truncate">{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

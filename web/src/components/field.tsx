import { useId, type InputHTMLAttributes, type ReactNode, type Ref } from 'react';
import { cn } from '@/lib/cn';

export const inputClass =
  'w-full rounded-sm border border-line-strong/60 bg-raised px-3 text-ink transition-colors hover:border-line-strong ' +
  'focus-visible:border-focus focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-focus/35 disabled:opacity-55';

interface TextFieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  hint?: string;
  error?: string;
  trailing?: ReactNode;
  ref?: Ref<HTMLInputElement>;
}

// A labelled text input. Its error stands right below it and is read out with it.
export function TextField({ label, hint, error, trailing, className, ...rest }: TextFieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div data-slot="field" className={cn('flex flex-col gap-1.5', className)}>
      <label htmlFor={id} className="font-medium text-ink">
        {label}
      </label>
      <div className="relative">
        <input
          id={id}
          dir="auto"
          aria-invalid={error ? true : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
          className={cn(inputClass, 'h-10 text-read pointer-coarse:h-11', error && 'border-bad', trailing ? 'pe-11' : '')}
          {...rest}
        />
        {trailing && <div className="absolute inset-y-0 end-1 flex items-center">{trailing}</div>}
      </div>
      {note && (
        <p id={`${id}-note`} className={cn('text-small', error ? 'text-bad' : 'text-faint')}>
          {note}
        </p>
      )}
    </div>
  );
}

import { useLayoutEffect, useRef, type Ref, type TextareaHTMLAttributes } from 'react';

interface GrowingTextareaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  value: string;
  ref?: Ref<HTMLTextAreaElement>;
}

// A text area as tall as its text; CSS max-height sets where it starts to scroll.
export function GrowingTextarea({ value, ref, ...rest }: GrowingTextareaProps) {
  const own = useRef<HTMLTextAreaElement | null>(null);
  useLayoutEffect(() => {
    const area = own.current;
    if (!area) return;
    area.style.height = '0px';
    area.style.height = `${area.scrollHeight}px`;
  }, [value]);
  return (
    <textarea
      rows={1}
      dir="auto"
      value={value}
      ref={(area) => {
        own.current = area;
        if (typeof ref === 'function') ref(area);
        else if (ref) ref.current = area;
      }}
      {...rest}
    />
  );
}

import { useId } from 'react';
import { assistantStrings } from '@/i18n/assistant';

const middle = 1;

// A slider from 0 to 2. Until it is moved, the model's own temperature counts.
export function TemperatureField({ value, onChange }: { value: number | null; onChange: (value: number) => void }) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-baseline justify-between gap-3">
        <label htmlFor={id} className="font-medium">{assistantStrings.assistant.temperature}</label>
        <output htmlFor={id} className="tabular text-small text-soft">{value === null ? assistantStrings.assistant.temperatureDefault : value.toFixed(1)}</output>
      </div>
      <input
        id={id}
        type="range"
        min={0}
        max={2}
        step={0.1}
        value={value ?? middle}
        aria-valuetext={value === null ? assistantStrings.assistant.temperatureDefault : value.toFixed(1)}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(Number(event.target.value))}
        className="slider"
        data-unset={value === null || undefined}
      />
      <p id={`${id}-hint`} className="text-small text-faint">{assistantStrings.assistant.temperatureHint}</p>
    </div>
  );
}

import { useMemo } from 'react';
import type { UsageReport } from '@/api/contracts.gen';
import { useModels } from '@/features/assistant/entry';
import { columnsOf, modelsOf, roundUp, type UsageDay } from '@/features/settings/state/usage';
import { usageStrings } from '@/i18n/usage';
import { exactNumber, shortDay, shortNumber } from './usage-numbers';

const height = 160;
const step = 10;
const gap = 2;
const series = 6;
const colour = (index: number): string => `var(--series-${(index % series) + 1})`;

// Tokens by day, each model's part in its colour. The table below says the same in numbers.
export function UsageChart({ report, from, to }: { report: UsageReport; from: string; to: string }) {
  const { data: models } = useModels();
  const columns = useMemo(() => columnsOf(report, from, to), [report, from, to]);
  const names = useMemo(() => modelsOf(report), [report]);
  const top = roundUp(Math.max(...columns.map((column) => column.tokens)));
  const labelOf = (id: string) => models?.find((model) => model.id === id)?.label ?? id;
  return (
    <figure data-slot="usage-chart" className="flex flex-col gap-3">
      <div role="img" aria-label={usageStrings.chart(columns.length)} className="relative ps-11">
        {[1, 0.5, 0].map((share) => (
          <div key={share} aria-hidden className="absolute inset-x-0 flex h-0 items-center" style={{ top: `${(1 - share) * height}px` }}>
            <span className="tabular w-9 -translate-y-px text-end text-small leading-none text-faint">{shortNumber(top * share)}</span>
            <span className="ms-2 h-px flex-1 bg-line" />
          </div>
        ))}
        <div className="relative" style={{ height }}>
          <svg aria-hidden viewBox={`0 0 ${columns.length * step} ${height}`} preserveAspectRatio="none" className="absolute inset-0 size-full">
            {columns.map((column, index) => <Bar key={column.day} column={column} index={index} top={top} names={names} />)}
          </svg>
          <div className="absolute inset-0 flex">
            {columns.map((column) => (
              <span key={column.day} data-tip={usageStrings.dayTotal(shortDay(column.day), exactNumber(column.tokens))} className="h-full flex-1 rounded-[4px] hover:bg-hover/50" />
            ))}
          </div>
        </div>
        <div aria-hidden className="tabular mt-1.5 flex justify-between text-small text-faint">
          <span>{shortDay(from)}</span>
          {columns.length > 10 && <span>{shortDay(columns[Math.floor(columns.length / 2)]?.day ?? from)}</span>}
          <span>{shortDay(to)}</span>
        </div>
      </div>
      <figcaption className="flex flex-wrap gap-x-5 gap-y-1 ps-11 text-small text-soft">
        {names.map((name, index) => (
          <span key={name} className="inline-flex items-center gap-2">
            <span aria-hidden className="size-2.5 rounded-[3px]" style={{ background: colour(index) }} /> {labelOf(name)}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

interface BarProps {
  column: UsageDay;
  index: number;
  top: number;
  names: string[];
}

function Bar({ column, index, top, names }: BarProps) {
  let floor = height;
  return column.parts.map(({ model, tokens }) => {
    const size = Math.max(1, (tokens / top) * height);
    floor -= size;
    return (
      <rect
        key={model}
        x={index * step + gap / 2}
        width={step - gap}
        y={floor}
        height={Math.max(0.5, size - (floor > 0 && column.parts.length > 1 ? 1 : 0))}
        fill={colour(names.indexOf(model))}
      />
    );
  });
}

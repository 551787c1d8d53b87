import { basicStrings } from '@/i18n/basics';

const widths = ['w-3/4', 'w-1/2', 'w-2/3', 'w-5/6', 'w-2/5', 'w-3/5'];

// Stand-ins of the true shape. They show only after 150 ms.
export function ListSkeleton({ rows = 8 }: { rows?: number }) {
  return (
    <div role="status" aria-label={basicStrings.words.loading} className="flex flex-col gap-1 p-2">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex h-14 items-center gap-3 px-2">
          <div className="skeleton size-8 shrink-0 rounded-full!" />
          <div className="flex flex-1 flex-col gap-2">
            <div className={`skeleton h-3 ${widths[row % widths.length]}`} />
            <div className={`skeleton h-2.5 ${widths[(row + 3) % widths.length]}`} />
          </div>
        </div>
      ))}
    </div>
  );
}

export function MessagesSkeleton() {
  return (
    <div role="status" aria-label={basicStrings.words.loading} className="flex flex-1 flex-col justify-end gap-5 overflow-hidden px-5 pb-6">
      {widths.map((width, row) => (
        <div key={row} className="flex gap-3">
          <div className="skeleton size-9 shrink-0 rounded-full!" />
          <div className="flex flex-1 flex-col gap-2 pt-1">
            <div className="skeleton h-3 w-28" />
            <div className={`skeleton h-3 max-w-xl ${width}`} />
            {row % 2 === 0 && <div className="skeleton h-3 w-1/3" />}
          </div>
        </div>
      ))}
    </div>
  );
}

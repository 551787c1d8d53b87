import { useMemo } from 'react';
import type { UsageReport } from '@/api/contracts.gen';
import { useModels } from '@/features/assistant/entry';
import { usageStrings } from '@/i18n/usage';
import { costText, exactNumber, shortDay } from './usage-numbers';

const cell = 'px-3 py-2 text-end first:ps-0 last:pe-0';

// The chart's numbers, newest day first.
export function UsageTable({ report }: { report: UsageReport }) {
  const { data: models } = useModels();
  const rows = useMemo(() => [...report.days].reverse(), [report.days]);
  const hasCost = report.days.some((row) => row.cost_micros !== null);
  const labelOf = (id: string) => models?.find((model) => model.id === id)?.label ?? id;
  const { day, model, tokensIn, tokensOut, answers, cost, total, table } = usageStrings;
  const heads = [tokensIn, tokensOut, answers, ...(hasCost ? [cost] : [])];
  return (
    <div role="region" aria-label={table} tabIndex={0} className="scroll-hint overflow-x-auto rounded-sm">
      <table className="tabular w-full text-small whitespace-nowrap">
        <caption className="sr-only">{table}</caption>
        <thead>
          <tr className="border-b border-line text-faint">
            <th scope="col" className={`${cell} text-start font-normal`}>{day}</th>
            <th scope="col" className={`${cell} text-start font-normal`}>{model}</th>
            {heads.map((head) => <th key={head} scope="col" className={`${cell} font-normal`}>{head}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.day} ${row.model}`} className="border-b border-line">
              <th scope="row" className={`${cell} text-start font-normal text-soft`}>{shortDay(row.day)}</th>
              <td className={`${cell} text-start`}>{labelOf(row.model)}</td>
              <td className={cell}>{exactNumber(row.inputTokens)}</td>
              <td className={cell}>{exactNumber(row.outputTokens)}</td>
              <td className={cell}>{exactNumber(row.generations)}</td>
              {hasCost && <td className={cell}>{costText(row.cost_micros, report.currency) ?? '–'}</td>}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="font-medium">
            <th scope="row" colSpan={2} className={`${cell} text-start`}>{total}</th>
            <td className={cell}>{exactNumber(report.total.inputTokens)}</td>
            <td className={cell}>{exactNumber(report.total.outputTokens)}</td>
            <td className={cell}>{exactNumber(report.total.generations)}</td>
            {hasCost && <td className={cell}>{costText(report.total.cost_micros, report.currency) ?? '–'}</td>}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

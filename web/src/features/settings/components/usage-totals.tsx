import type { UsageTotal } from '@/api/contracts.gen';
import { usageStrings } from '@/i18n/usage';
import { costText, exactNumber } from './usage-numbers';

export function UsageTotals({ total, currency }: { total: UsageTotal; currency: string }) {
  const cost = costText(total.cost_micros, currency);
  const parts: [string, string][] = [
    [usageStrings.tokensIn, exactNumber(total.inputTokens)],
    [usageStrings.tokensOut, exactNumber(total.outputTokens)],
    [usageStrings.answers, exactNumber(total.generations)],
  ];
  if (cost) parts.push([usageStrings.cost, cost]);
  return (
    <dl className="flex flex-wrap gap-x-10 gap-y-4">
      {parts.map(([label, value]) => (
        <div key={label} className="flex flex-col-reverse">
          <dt className="text-small text-faint">{label}</dt>
          <dd className="tabular text-title font-bold tracking-[-0.01em]">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

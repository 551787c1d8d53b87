import type { UsageQuota as Quota } from '@/api/contracts.gen';
import { usageStrings } from '@/i18n/usage';
import { cn } from '@/lib/cn';
import { clockTime } from '@/lib/time';
import { exactNumber } from './usage-numbers';

// How much of today's tokens is used.
export function UsageQuota({ quota }: { quota: Quota }) {
  const { tokens_today: used, tokens_per_day: most } = quota;
  const share = most > 0 ? Math.min(1, used / most) : 1;
  const full = used >= most;
  return (
    <div className="flex flex-col gap-1.5 rounded-md border border-line bg-raised px-4 py-3">
      <div className="flex items-baseline justify-between gap-3">
        <span id="usage-quota" className="font-medium">{usageStrings.quota}</span>
        <span className="tabular text-small text-soft">{usageStrings.quotaOf(exactNumber(used), exactNumber(most))}</span>
      </div>
      <div
        role="meter"
        aria-labelledby="usage-quota"
        aria-valuemin={0}
        aria-valuemax={most}
        aria-valuenow={Math.min(used, most)}
        className="h-2 overflow-hidden rounded-full bg-selected"
      >
        <div data-mark className={cn('h-full rounded-full', full ? 'bg-bad-solid' : 'bg-accent')} style={{ width: `${share * 100}%` }} />
      </div>
      <p className={cn('text-small', full ? 'text-bad' : 'text-faint')}>
        {full && `${usageStrings.quotaFull} `}{usageStrings.quotaResets(clockTime(quota.resets_at))}
      </p>
    </div>
  );
}

import { useQuery } from '@tanstack/react-query';
import { ChartColumn } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'react-router';
import type { UsageReport } from '@/api/contracts.gen';
import { getUsage } from '@/api/generations';
import { keys } from '@/api/query-client';
import { EmptyState } from '@/components/empty-state';
import { ErrorState } from '@/components/error-state';
import { Segmented } from '@/components/segmented';
import { addDays, dayIn, readerZone } from '@/features/settings/state/usage';
import { basicStrings } from '@/i18n/basics';
import { conversationsStrings } from '@/i18n/conversations';
import { usageStrings } from '@/i18n/usage';
import { UsageChart } from './usage-chart';
import { UsageQuota } from './usage-quota';
import { UsageTable } from './usage-table';
import { UsageTotals } from './usage-totals';

type Range = '7' | '30' | '90';
const ranges: Range[] = ['7', '30', '90'];

// What one's questions used, by day and model.
export function UsageSection() {
  const [range, setRange] = useState<Range>('30');
  const zone = readerZone();
  const to = dayIn(zone, new Date());
  const from = addDays(to, 1 - Number(range));
  const { data, error, refetch } = useQuery({
    queryKey: keys.usage(from, to, zone),
    queryFn: ({ signal }) => getUsage(from, to, zone, signal),
    placeholderData: (before) => before,
    staleTime: 10_000,
    refetchOnWindowFocus: true,
  });
  return (
    <div className="flex flex-col gap-7">
      <p className="-mt-2 text-soft">{usageStrings.lead(zone.replaceAll('_', ' '))}</p>
      {error && !data ? <ErrorState title={usageStrings.failed} error={error} onRetry={() => void refetch()} /> : !data ? <UsageSkeleton /> : (
        <>
          {data.quota && <UsageQuota quota={data.quota} />}
          <Segmented
            label={usageStrings.range}
            hideLabel
            value={range}
            options={ranges.map((value) => ({ value, label: usageStrings.ranges[value] }))}
            onChange={setRange}
          />
          <Used report={data} from={from} to={to} />
        </>
      )}
    </div>
  );
}

function Used({ report, from, to }: { report: UsageReport; from: string; to: string }) {
  if (report.days.length === 0) {
    return (
      <EmptyState
        picture={<ChartColumn size={32} strokeWidth={1.5} aria-hidden />}
        title={usageStrings.emptyTitle}
        text={usageStrings.emptyText}
        action={<Link to="/new" className="inline-flex h-9 items-center rounded-sm bg-accent px-4 font-medium text-accent-ink hover:bg-accent-hover pointer-coarse:h-11">{conversationsStrings.newAssistant}</Link>}
      />
    );
  }
  return (
    <>
      <UsageTotals total={report.total} currency={report.currency} />
      <UsageChart report={report} from={from} to={to} />
      <UsageTable report={report} />
    </>
  );
}

function UsageSkeleton() {
  return (
    <div role="status" aria-label={basicStrings.words.loading} className="flex flex-col gap-6">
      <div className="skeleton h-10 w-64" />
      <div className="skeleton h-16" />
      <div className="skeleton h-44" />
    </div>
  );
}

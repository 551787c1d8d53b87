import type { DayUsage, UsageReport } from '@/api/contracts.gen';

// What the usage page shows, worked out without a browser.

export interface UsagePart {
  model: string;
  tokens: number;
}

export interface UsageDay {
  day: string;
  tokens: number;
  // In the order of `models`; models without use are left out.
  parts: UsagePart[];
}

export const tokensOf = (row: Pick<DayUsage, 'inputTokens' | 'outputTokens'>): number => row.inputTokens + row.outputTokens;

export const readerZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

// The calendar day in a time zone, such as 2026-11-21.
export function dayIn(zone: string, now: Date): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(now);
  const part = (type: string) => parts.find((found) => found.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * 86_400_000).toISOString().slice(0, 10);
}

// Every day from the first to the last, both included.
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}

// Models by how much they were used, most first.
export function modelsOf(report: UsageReport): string[] {
  const totals = new Map<string, number>();
  for (const row of report.days) totals.set(row.model, (totals.get(row.model) ?? 0) + tokensOf(row));
  return [...totals].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([model]) => model);
}

// A column for each day, also for those without use.
export function columnsOf(report: UsageReport, from: string, to: string): UsageDay[] {
  const models = modelsOf(report);
  return daysBetween(from, to).map((day) => {
    const rows = report.days.filter((row) => row.day === day);
    const parts = models
      .map((model) => ({ model, tokens: rows.filter((row) => row.model === model).reduce((sum, row) => sum + tokensOf(row), 0) }))
      .filter((part) => part.tokens > 0);
    return { day, parts, tokens: parts.reduce((sum, part) => sum + part.tokens, 0) };
  });
}

// The next round number, for the top of the scale; 10 at least.
export function roundUp(value: number): number {
  if (value <= 10) return 10;
  const unit = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 6, 8, 10].map((step) => step * unit).find((top) => top >= value) ?? value;
}

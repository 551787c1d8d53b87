import { describe, expect, it } from 'vitest';
import type { DayUsage, UsageReport } from '@/api/contracts.gen';
import { addDays, columnsOf, dayIn, daysBetween, modelsOf, roundUp } from './usage';

const row = (day: string, model: string, tokens: number): DayUsage => ({ day, model, inputTokens: tokens, outputTokens: tokens, generations: 1, titles: 0, cost_micros: null });
const report = (days: DayUsage[]): UsageReport => ({ days, total: { inputTokens: 0, outputTokens: 0, generations: 0, titles: 0, cost_micros: null }, currency: '', quota: null });

describe('days', () => {
  it('are those of the reader’s zone', () => {
    const late = new Date('2026-11-21T23:30:00Z');

    expect(dayIn('UTC', late)).toBe('2026-11-21');
    expect(dayIn('Asia/Tokyo', late)).toBe('2026-11-22');
    expect(dayIn('America/New_York', new Date('2026-11-21T02:00:00Z'))).toBe('2026-11-20');
  });

  it('go on over the ends of months, years and summer time', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2026-03-01', -1)).toBe('2026-02-28');
    expect(daysBetween('2026-10-24', '2026-10-27')).toEqual(['2026-10-24', '2026-10-25', '2026-10-26', '2026-10-27']);
  });
});

describe('the chart', () => {
  const used = report([row('2026-11-19', 'small', 5), row('2026-11-21', 'large', 30), row('2026-11-21', 'small', 10)]);

  it('has a column for each day, also without use', () => {
    const columns = columnsOf(used, '2026-11-18', '2026-11-21');

    expect(columns.map(({ tokens }) => tokens)).toEqual([0, 10, 0, 80]);
  });

  it('puts the model that was used most first, in every column', () => {
    expect(modelsOf(used)).toEqual(['large', 'small']);
    expect(columnsOf(used, '2026-11-21', '2026-11-21')[0]?.parts).toEqual([{ model: 'large', tokens: 60 }, { model: 'small', tokens: 20 }]);
  });

  it.each([[0, 10], [7, 10], [11, 15], [20, 20], [21, 30], [501, 600], [1_200_000, 1_500_000]])('scales %i up to %i', (value, top) => {
    expect(roundUp(value)).toBe(top);
  });
});

import { basicStrings } from '@/i18n/basics';

const locale = typeof navigator === 'undefined' ? 'en' : navigator.language;
const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' });
const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
const dayAndYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' });
const shortDay = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
const shortWeekday = new Intl.DateTimeFormat(locale, { weekday: 'short' });

export const clockTime = (iso: string): string => clock.format(new Date(iso));
export const fullTime = (iso: string): string => full.format(new Date(iso));
export const longDate = (iso: string): string => dayAndYear.format(new Date(iso));

// The reader's calendar day, as a number that grows by one each day.
export function dayNumber(date: Date): number {
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000);
}

export function dayLabel(iso: string, now: Date): string {
  const date = new Date(iso);
  const age = dayNumber(now) - dayNumber(date);
  if (age === 0) return basicStrings.time.today;
  if (age === 1) return basicStrings.time.yesterday;
  return date.getFullYear() === now.getFullYear() ? weekday.format(date) : dayAndYear.format(date);
}

// For lists: the clock today, the weekday this week, else the date.
export function listTime(iso: string, now: Date): string {
  const date = new Date(iso);
  const age = dayNumber(now) - dayNumber(date);
  if (age <= 0) return clock.format(date);
  if (age < 7) return shortWeekday.format(date);
  return shortDay.format(date);
}

export function agoText(iso: string, now: Date): string {
  const minutes = Math.floor((now.getTime() - new Date(iso).getTime()) / 60_000);
  if (minutes < 1) return basicStrings.time.justNow;
  if (minutes < 60) return basicStrings.time.minutesAgo(minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return basicStrings.time.hoursAgo(hours);
  const days = Math.floor(hours / 24);
  return days < 30 ? basicStrings.time.daysAgo(days) : longDate(iso);
}

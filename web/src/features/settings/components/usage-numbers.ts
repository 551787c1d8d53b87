const locale = typeof navigator === 'undefined' ? 'en' : navigator.language;
const exact = new Intl.NumberFormat(locale);
const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
const dayOf = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });

export const exactNumber = (value: number): string => exact.format(value);
export const shortNumber = (value: number): string => short.format(value);
export const shortDay = (day: string): string => dayOf.format(new Date(`${day}T00:00:00Z`));

// Millionths of a currency; null where there is no price.
export function costText(micros: number | null, currency: string): string | null {
  if (micros === null) return null;
  const value = micros / 1_000_000;
  const digits = value > 0 && value < 0.1 ? 4 : 2;
  if (!/^[A-Z]{3}$/.test(currency)) return `${value.toFixed(digits)} ${currency}`.trim();
  return new Intl.NumberFormat(locale, { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

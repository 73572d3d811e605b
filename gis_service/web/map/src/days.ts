/** Civil days as `YYYY-MM-DD`; arithmetic in UTC so that no clock change moves one. */

const DAY_MS = 86_400_000;

export function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS);
}

export function dayAfter(first: string, days: number): string {
  return new Date(Date.parse(first) + days * DAY_MS).toISOString().slice(0, 10);
}

export function clamped(day: string | null, first: string, last: string): string | null {
  if (day === null) return null;
  if (day < first) return first;
  return day > last ? last : day;
}

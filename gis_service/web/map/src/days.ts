/** Civil days as `YYYY-MM-DD`; arithmetic in UTC so that no clock change moves one. */

import type { Days, Period } from "./answer";

const DAY_MS = 86_400_000;

export function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS);
}

export function dayAfter(first: string, days: number): string {
  return new Date(Date.parse(first) + days * DAY_MS).toISOString().slice(0, 10);
}

export function clamped(day: string | null, { from, to }: Period): string | null {
  if (day === null) return null;
  if (day < from) return from;
  return day > to ? to : day;
}

/** How many days a period has. */
export function lengthOf({ from, to }: Period): number {
  return daysBetween(from, to) + 1;
}

/** The period of as many days that ends on the day before. */
export function previous(period: Period): Period {
  const length = lengthOf(period);
  return { from: dayAfter(period.from, -length), to: dayAfter(period.from, -1) };
}

/** From the first to the last day that people travelled on. */
export function spanOf({ first, people }: Days): Period {
  return { from: first, to: dayAfter(first, Math.max(0, people.length - 1)) };
}

/** The shortest period with all of two. */
export function around(a: Period, b: Period): Period {
  return { from: a.from < b.from ? a.from : b.from, to: a.to > b.to ? a.to : b.to };
}

/** People on each day of a span, whatever days were answered. */
export function over(span: Period, { first, people }: Days): number[] {
  const offset = daysBetween(first, span.from);
  return Array.from({ length: lengthOf(span) }, (_, day) => people[day + offset] ?? 0);
}

/** People in a period. */
export function peopleIn(period: Period, days: Days): number {
  return over(period, days).reduce((sum, n) => sum + n, 0);
}

/** The period of a length, within a span, with the most people; the first of equals. */
export function busiest(span: Period, days: Days, length: number): Period {
  const people = over(span, days);
  let sum = people.slice(0, length).reduce((all, n) => all + n, 0);
  let [best, most] = [0, sum];
  for (let start = 1; start + length <= people.length; start++) {
    sum += (people[start + length - 1] ?? 0) - (people[start - 1] ?? 0);
    if (sum > most) [best, most] = [start, sum];
  }
  return { from: dayAfter(span.from, best), to: dayAfter(span.from, best + length - 1) };
}

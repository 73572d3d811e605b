/** Civil days as `YYYY-MM-DD`; arithmetic in UTC so that no clock change moves one. */

import type { Days, Period, Weeks } from "./answer";

const DAY_MS = 86_400_000;
const WEEK = 7;
/** 1 January 1970 was a Thursday. */
const MONDAY = 4;

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

/** From the first to the last day that people travelled on; of a release whole weeks,
 * without which what is told by the week would not count. */
export function spanOf(told: Days): Period {
  const span = daysOf(told);
  return told.about ? wholeWeeks(span) : span;
}

function daysOf({ first, people, by_week }: Days): Period {
  const days = { from: first, to: dayAfter(first, Math.max(0, people.length - 1)) };
  if (!by_week?.first) return days;
  const { first: monday } = by_week;
  return around(days, { from: monday, to: dayAfter(monday, by_week.people.length * WEEK - 1) });
}

/** The shortest period of whole weeks, Monday to Sunday, around one. */
export function wholeWeeks({ from, to }: Period): Period {
  return { from: dayAfter(from, -weekday(from)), to: dayAfter(to, WEEK - 1 - weekday(to)) };
}

/** Days since Monday. */
function weekday(day: string): number {
  return (((Date.parse(day) / DAY_MS - MONDAY) % WEEK) + WEEK) % WEEK;
}

/** Days of which only weeks are told: a seventh of the week each. */
export function sevenths({ first, people }: Weeks): Pick<Days, "people"> & { first: string | null } {
  return { first, people: people.flatMap((n) => Array.from({ length: WEEK }, () => n / WEEK)) };
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

/** People in a period; what is told by the week counts where all of its week does. */
export function peopleIn(period: Period, days: Days): number {
  const daily = days.weekly ? 0 : over(period, days).reduce((sum, n) => sum + n, 0);
  const { first, people } = days.by_week ?? { first: null, people: [] };
  if (!first) return daily;
  const inside = people.filter((_, week) => {
    const monday = dayAfter(first, week * WEEK);
    return monday >= period.from && dayAfter(monday, WEEK - 1) <= period.to;
  });
  return inside.reduce((sum, n) => sum + n, daily);
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

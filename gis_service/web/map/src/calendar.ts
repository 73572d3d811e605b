/** People per day by the question's filters, asked again when those or the data change. */

import type { Answer, Days, Period } from "./answer";
import { around, peopleIn, previous, spanOf } from "./days";
import { daysQueryOf, periodOf, type Question } from "./question";
import type { Service } from "./service";
import type { Compared } from "./totals";

export class Calendar {
  /** From the first to the last day of anybody; filters do not shorten it. */
  span: Period | null = null;
  days: Days | null = null;
  private query = "";
  private heard: Answer["version"] | null = null;

  constructor(private readonly service: Service) {}

  knows(asked: Question): boolean {
    return daysQueryOf(asked) === this.query;
  }

  /** Learns the days of a question. Returns whether there is news. */
  async learn(asked: Question, signal: AbortSignal): Promise<boolean> {
    const query = daysQueryOf(asked);
    if (query === this.query) return false;
    const days = await this.service.days(asked, signal);
    this.query = query;
    this.days = days;
    if (days) this.span = this.span ? around(this.span, spanOf(days)) : spanOf(days);
    return true;
  }

  /** Whether an answer is of newer data than the days; they are then asked again, once
   * per version, with the next question. */
  outrun({ version }: Answer): boolean {
    if (!this.days || this.days.version === version || this.heard === version) return false;
    this.heard = version;
    this.query = "";
    return true;
  }

  /** The window in days; all of them where it has no ends. */
  period(asked: Question): Period | null {
    return periodOf(asked) ?? this.span;
  }

  /** The two windows with everybody in them, where two are compared. */
  compared(asked: Question): Compared | null {
    const after = this.period(asked);
    if (!after || !asked.versus) return null;
    const before = asked.versus === "previous" ? previous(after) : asked.versus;
    const of = (period: Period) => (this.days ? peopleIn(period, this.days) : 0);
    return { before, after, peopleBefore: of(before), peopleAfter: of(after) };
  }
}

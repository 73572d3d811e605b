/** Everything about days: the window, its length, playing it, comparing it. */

import type { Days, Period } from "./answer";
import { Brush, type Said } from "./brush";
import { dayAfter, lengthOf, over, peopleIn, previous, wholeWeeks } from "./days";
import { el } from "./dom";
import { PlayRow } from "./play-row";
import type { Question } from "./question";
import { Versus } from "./versus";
import { type Words, wordsOf } from "./words";

const LENGTHS = [1, 7];
const WEEKS = [7, 14];

export class Timeline {
  readonly element: HTMLFieldSetElement;
  readonly play: PlayRow;
  /** From the first to the last day that people travelled on. */
  span: Period | null = null;
  private readonly brush: Brush;
  private readonly versus: Versus;
  private readonly lengths: readonly { days: number | null; button: HTMLButtonElement }[];
  private period: Period | null = null;

  constructor(
    private readonly words: Words,
    change: (part: Partial<Question>) => void,
    onPlay: () => void,
    /** Whether only whole weeks are told. */
    weekly: boolean,
  ) {
    const { say, number } = words;
    const window = ({ from, to }: Period) => change(weekly ? wholeWeeks({ from, to }) : { from, to });
    this.brush = new Brush(words, "main", window);
    this.versus = new Versus(words, (versus) =>
      change({ versus: weekly && versus && versus !== "previous" ? wholeWeeks(versus) : versus }),
    );
    this.play = new PlayRow(words, onPlay);
    this.lengths = [...(weekly ? WEEKS : LENGTHS), null].map((days) => {
      const text =
        days === null ? say("all") : days === 1 ? say("days_one") : say("days_many", { n: number(days) });
      const button = el("button", { type: "button", "aria-pressed": "false" }, text);
      button.addEventListener("click", () => this.period && window(this.ofLength(days)));
      return { days, button };
    });
    this.element = el(
      "fieldset",
      { class: "days" },
      el("legend", {}, say("days")),
      this.brush.element,
      el(
        "div",
        { class: "brush-row" },
        el("div", { class: "bar-buttons", role: "group", "aria-label": say("window_length") }, ...this.lengths.map((each) => each.button)),
        this.play.element,
      ),
      this.versus.element,
    );
  }

  /** Shows the people of each day. */
  fill(span: Period, days: Days): void {
    this.span = span;
    const said = this.saidOf(days);
    this.brush.show(span, over(span, days), said);
    this.versus.fill(span, days, said);
  }

  /** Shows the window asked. */
  follow(asked: Question): void {
    if (!this.span) return;
    const period = { from: asked.from ?? this.span.from, to: asked.to ?? this.span.to };
    this.period = period;
    this.brush.choose(period);
    this.versus.follow(asked.versus, previous(period), period);
    const length = lengthOf(period);
    const whole = length >= lengthOf(this.span);
    for (const { days, button } of this.lengths) {
      const chosen = days === null ? whole : length === days && !whole;
      button.setAttribute("aria-pressed", String(chosen));
    }
  }

  private saidOf(days: Days): Said {
    const { say, people, period, shortDay } = wordsOf(this.words, days);
    if (!days.weekly) return (day, n) => `${shortDay(day)}: ${say("people", { n: people(n) })}`;
    return (day) => {
      const week = wholeWeeks({ from: day, to: day });
      return `${period(week)}: ${say("people", { n: people(peopleIn(week, days)) })}`;
    };
  }

  /** The window of a length that begins with this one, within the data; null is all. */
  ofLength(days: number | null): Period {
    const span = this.span as Period;
    const { from } = this.period as Period;
    if (days === null || days >= lengthOf(span)) return span;
    const latest = dayAfter(span.to, 1 - days);
    const start = from < latest ? from : latest;
    return { from: start, to: dayAfter(start, days - 1) };
  }
}

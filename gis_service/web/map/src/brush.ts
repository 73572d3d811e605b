/** A window over days: bars of people per day, a window to drag, an end at each side.
 *
 * The three handles are range inputs, for the keyboard and for screen readers; the
 * pointer works on the picture itself, so that a window of one day can be held too. */

import type { Period } from "./answer";
import { dayAfter, daysBetween, lengthOf } from "./days";
import { el } from "./dom";
import { Histogram } from "./histogram";
import type { Words } from "./words";

type Part = "first" | "last" | "whole";
/** Says how many people a day has. */
export type Said = (day: string, people: number) => string;

/** How near to an end a pointer takes hold of it, outside and inside the window. */
const REACH_PX = { mouse: 12, touch: 24 };
const WITHIN = 0.25;
const WEEK = 7;

export class Brush {
  readonly element: HTMLElement;
  private readonly histogram = new Histogram();
  private readonly first: HTMLInputElement;
  private readonly last: HTMLInputElement;
  private readonly whole: HTMLInputElement;
  private readonly shade = el("span", { class: "brush-window" });
  private readonly plot: HTMLElement;
  private readonly text = el("output", { class: "range-text" });
  private readonly hint = el("span", { class: "brush-hint" });
  private readonly ticks = el("div", { class: "brush-ticks", "aria-hidden": "true" });
  private span: Period = { from: "2020-01-01", to: "2020-01-01" };
  private people: readonly number[] = [];
  private from = 0;
  private to = 0;
  private said: Said = (day, n) => `${this.words.shortDay(day)}: ${this.words.say("people", { n: this.words.people(n) })}`;
  private held: { part: Part; at: number; from: number; to: number } | null = null;

  constructor(
    private readonly words: Words,
    kind: "main" | "other",
    private readonly onChange: (period: Period) => void,
  ) {
    const { say } = words;
    this.whole = this.handle(say(kind === "main" ? "window" : "other_window"), "whole");
    this.first = this.handle(say(kind === "main" ? "first_day" : "other_first_day"), "first");
    this.last = this.handle(say(kind === "main" ? "last_day" : "other_last_day"), "last");
    this.plot = el("div", { class: "brush-plot" }, this.whole, this.first, this.last, this.shade, this.hint);
    this.plot.prepend(this.histogram.element);
    this.element = el("div", { class: `brush ${kind}` }, this.text, this.plot, this.ticks);
    this.plot.addEventListener("pointerdown", (event) => this.grabbed(event));
    this.plot.addEventListener("pointermove", (event) => this.moved(event));
    for (const kind of ["pointerup", "pointercancel"] as const) {
      this.plot.addEventListener(kind, () => this.released());
    }
    this.plot.addEventListener("pointerleave", () => this.hint.replaceChildren());
  }

  /** Sets the days that can be chosen, with the people of each. */
  show(span: Period, people: readonly number[], said = this.said): void {
    this.span = span;
    this.people = people;
    this.said = said;
    this.histogram.show(people);
    const { shortDay } = this.words;
    const middle = Math.floor(this.end / 2);
    const days = this.end > 2 ? [0, middle, this.end] : this.end > 0 ? [0, this.end] : [0];
    this.ticks.replaceChildren(...days.map((day) => el("span", {}, shortDay(this.day(day)))));
    this.set(Math.min(this.from, this.end), Math.min(this.to, this.end));
  }

  /** Shows a window; says nothing to whoever listens. */
  choose(period: Period): void {
    const within = (day: string) =>
      Math.max(0, Math.min(this.end, daysBetween(this.span.from, day)));
    this.set(within(period.from), within(period.to));
    // A window may lie outside the data, as the days before its beginning do.
    this.text.value = this.words.period(period);
  }

  private get end(): number {
    return lengthOf(this.span) - 1;
  }

  private day(index: number): string {
    return dayAfter(this.span.from, index);
  }

  private handle(label: string, part: Part): HTMLInputElement {
    const made = el("input", { type: "range", min: 0, step: 1, class: part, "aria-label": label });
    made.addEventListener("input", () => this.turned(part, Number(made.value)));
    made.addEventListener("keydown", (event) => this.typed(event, part));
    return made;
  }

  private turned(part: Part, value: number): void {
    if (part === "first") this.change(value, Math.max(value, this.to));
    else if (part === "last") this.change(Math.min(value, this.from), value);
    else this.change(value, value + this.to - this.from);
  }

  /** What a range does not do by itself: Shift resizes, a page is a week. */
  private typed(event: KeyboardEvent, part: Part): void {
    const ways: Record<string, number> = {
      ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -WEEK, PageUp: WEEK,
    };
    const by = ways[event.key];
    if (by === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    if (!event.shiftKey && Math.abs(by) === 1) return;
    event.preventDefault();
    if (event.shiftKey) this.change(this.from, Math.max(this.from, this.to + by));
    else if (part === "whole") this.shifted(this.from, this.to, by);
    else this.turned(part, Math.max(0, Math.min(this.end, (part === "first" ? this.from : this.to) + by)));
  }

  /** Moves a window by days, as far as there are some; its length stays. */
  private shifted(from: number, to: number, by: number): void {
    const most = Math.max(-from, Math.min(this.end - to, by));
    this.change(from + most, to + most);
  }

  private grabbed(event: PointerEvent): void {
    if (event.button !== 0 || !event.isPrimary) return;
    event.preventDefault();
    const { x, width } = this.place(event);
    const day = width / (this.end + 1);
    const reach = REACH_PX[event.pointerType === "touch" ? "touch" : "mouse"];
    const [left, right] = [this.from * day, (this.to + 1) * day];
    const inside = Math.min(reach / 2, (right - left) * WITHIN);
    const part: Part =
      x >= left - reach && x <= left + inside ? "first" : x <= right + reach && x >= right - inside ? "last" : "whole";
    if (part === "whole" && (x < left || x > right)) {
      const middle = Math.floor(x / day) - Math.floor((this.to - this.from) / 2);
      this.shifted(this.from, this.to, middle - this.from);
    }
    this.held = { part, at: x, from: this.from, to: this.to };
    this.plot.setPointerCapture(event.pointerId);
    this[part].focus({ preventScroll: true });
  }

  private moved(event: PointerEvent): void {
    const { x, width } = this.place(event);
    if (!this.held) {
      this.point(Math.max(0, Math.min(this.end, Math.floor((x / width) * (this.end + 1)))));
      return;
    }
    const { part, at, from, to } = this.held;
    const by = Math.round(((x - at) / width) * (this.end + 1));
    if (part === "whole") this.shifted(from, to, by);
    else if (part === "first") this.change(Math.max(0, Math.min(to, from + by)), to);
    else this.change(from, Math.min(this.end, Math.max(from, to + by)));
  }

  private released(): void {
    this.held = null;
  }

  private place(event: PointerEvent): { x: number; width: number } {
    const box = this.plot.getBoundingClientRect();
    return { x: event.clientX - box.left, width: Math.max(1, box.width) };
  }

  /** Says how many people a day has. */
  private point(day: number): void {
    this.hint.textContent = this.said(this.day(day), this.people[day] ?? 0);
    this.hint.style.left = `${((day + 0.5) / (this.end + 1)) * 100}%`;
    this.hint.classList.toggle("late", day > this.end / 2);
  }

  private change(from: number, to: number): void {
    if (from === this.from && to === this.to) return;
    this.set(from, to);
    this.onChange({ from: this.day(from), to: this.day(to) });
  }

  private set(from: number, to: number): void {
    [this.from, this.to] = [from, to];
    const days = this.end + 1;
    const period = { from: this.day(from), to: this.day(to) };
    this.first.max = this.last.max = String(this.end);
    this.whole.max = String(this.end - (to - from));
    this.first.value = this.whole.value = String(from);
    this.last.value = String(to);
    const { day, say, number } = this.words;
    this.first.setAttribute("aria-valuetext", day(period.from));
    this.last.setAttribute("aria-valuetext", day(period.to));
    const length = to === from ? say("days_one") : say("days_many", { n: number(to - from + 1) });
    this.whole.setAttribute("aria-valuetext", `${this.words.period(period)}, ${length}`);
    this.text.value = this.words.period(period);
    this.histogram.choose(from, to);
    this.shade.style.left = `${(from / days) * 100}%`;
    this.shade.style.right = `${100 - ((to + 1) / days) * 100}%`;
  }
}

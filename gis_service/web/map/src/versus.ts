/** What the window is compared with: nothing, the days before it, or days chosen. */

import type { Days, Period } from "./answer";
import { Brush, type Said } from "./brush";
import { clamped, over } from "./days";
import { el } from "./dom";
import type { Question } from "./question";
import type { Words } from "./words";

type Kind = "none" | "previous" | "window";
const KINDS = ["none", "previous", "window"] as const;

export class Versus {
  readonly element: HTMLElement;
  private readonly choice: HTMLSelectElement;
  private readonly brush: Brush;
  private readonly note = el("p", { class: "hint" });
  private readonly leave: HTMLButtonElement;
  private before: Period | null = null;
  private span: Period | null = null;

  constructor(
    private readonly words: Words,
    private readonly change: (versus: Question["versus"]) => void,
  ) {
    const { say } = words;
    this.brush = new Brush(words, "other", change);
    this.choice = el(
      "select",
      {},
      ...KINDS.map((kind) => el("option", { value: kind }, say(`versus_${kind}`))),
    );
    this.choice.addEventListener("change", () => this.chosen(this.choice.value as Kind));
    this.leave = el("button", { type: "button", class: "quiet" }, say("versus_leave"));
    this.leave.addEventListener("click", () => change(null));
    this.element = el(
      "div",
      { class: "versus" },
      el("label", {}, say("versus"), this.choice),
      this.brush.element,
      this.note,
      this.leave,
    );
  }

  fill(span: Period, days: Days, said: Said): void {
    this.span = span;
    this.brush.show(span, over(span, days), said);
  }

  /** Shows what is asked; `before` is the period just before the window. */
  follow(versus: Question["versus"], before: Period, window: Period): void {
    const kind: Kind = versus === null || versus === "previous" ? (versus ?? "none") : "window";
    this.before = before;
    this.choice.value = kind;
    this.brush.element.hidden = kind !== "window";
    this.leave.hidden = kind === "none";
    const other = versus === "previous" ? before : versus;
    if (other) this.brush.choose(other);
    const { say, period, day } = this.words;
    const lines: string[] = [];
    if (kind === "previous") lines.push(say("versus_with", { period: period(before) }));
    if (other && this.span && other.from < this.span.from) {
      lines.push(say("versus_empty", { day: day(this.span.from) }));
    }
    if (other && other.from === window.from && other.to === window.to) lines.push(say("versus_same"));
    this.note.textContent = lines.join(" ");
    this.note.hidden = !lines.length;
  }

  private chosen(kind: Kind): void {
    if (kind !== "window") {
      this.change(kind === "none" ? null : kind);
      return;
    }
    const { before, span } = this;
    if (!before || !span) return;
    // Never outside the data: the brush could not show it.
    const from = clamped(before.from, span) ?? span.from;
    const to = clamped(before.to, span) ?? span.to;
    this.change({ from, to });
  }
}

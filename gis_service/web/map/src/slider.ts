/** Two handles over the days there is data for; both are plain range inputs. */

import { daysBetween, dayAfter } from "./days";
import { el } from "./dom";
import type { Words } from "./words";

export class DaySlider {
  readonly element: HTMLFieldSetElement;
  private readonly first = el("input", { type: "range", min: 0, step: 1 });
  private readonly last = el("input", { type: "range", min: 0, step: 1 });
  private readonly fill = el("span", { class: "range-fill" });
  private readonly text = el("output", { class: "range-text" });
  private readonly oneDay = el("input", { type: "checkbox" });
  private start = "";

  constructor(
    private readonly words: Words,
    private readonly onChange: (from: string, to: string) => void,
  ) {
    this.first.setAttribute("aria-label", words.say("first_day"));
    this.last.setAttribute("aria-label", words.say("last_day"));
    const all = el("button", { type: "button", class: "quiet" }, words.say("all_days"));
    all.addEventListener("click", () => this.showAll());
    this.oneDay.addEventListener("change", () => this.moved(this.first));
    for (const handle of [this.first, this.last]) {
      handle.addEventListener("input", () => this.moved(handle));
    }
    this.element = el(
      "fieldset",
      { class: "days" },
      el("legend", {}, words.say("days")),
      this.text,
      el("div", { class: "range" }, el("span", { class: "range-track" }), this.fill, this.first, this.last),
      el("div", { class: "range-more" }, el("label", {}, this.oneDay, words.say("one_day")), all),
    );
  }

  /** Sets the days that can be chosen, and those chosen. */
  span(first: string, last: string, from: string, to: string): void {
    this.start = first;
    const days = String(Math.max(0, daysBetween(first, last)));
    this.first.max = this.last.max = days;
    this.first.value = String(daysBetween(first, from));
    this.last.value = String(daysBetween(first, to));
    this.oneDay.checked = from === to && first !== last;
    this.painted();
  }

  private showAll(): void {
    this.oneDay.checked = false;
    this.first.value = "0";
    this.last.value = this.last.max;
    this.changed();
  }

  private moved(handle: HTMLInputElement): void {
    const other = handle === this.first ? this.last : this.first;
    const crossed = Number(this.first.value) > Number(this.last.value);
    if (this.oneDay.checked || crossed) other.value = handle.value;
    this.changed();
  }

  private changed(): void {
    this.painted();
    this.onChange(this.day(this.first), this.day(this.last));
  }

  private day(handle: HTMLInputElement): string {
    return dayAfter(this.start, Number(handle.value));
  }

  private painted(): void {
    const [from, to] = [this.words.day(this.day(this.first)), this.words.day(this.day(this.last))];
    this.first.setAttribute("aria-valuetext", from);
    this.last.setAttribute("aria-valuetext", to);
    this.text.value = from === to ? from : `${from} – ${to}`;
    const most = Math.max(1, Number(this.last.max));
    this.fill.style.left = `${(Number(this.first.value) / most) * 100}%`;
    this.fill.style.right = `${100 - (Number(this.last.value) / most) * 100}%`;
    this.element.classList.toggle("one", this.oneDay.checked);
  }
}

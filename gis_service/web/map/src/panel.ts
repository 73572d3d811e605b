/** The panel of controls; what it shows follows the question, never the reverse. */

import type { Answer, Level } from "./answer";
import type { Classes } from "./classes";
import { choice, choose, el } from "./dom";
import { legend } from "./legend";
import {
  CATEGORIES,
  type Direction,
  DIRECTIONS,
  type Measure,
  MEASURES,
  MODES,
  type Question,
} from "./question";
import { DaySlider } from "./slider";
import type { Key, Words } from "./words";

export type Change = (part: Partial<Question>) => void;

/** What a place counts while one way is asked for is that way only. */
const MEASURE_WORDS: Record<Measure, Key> = {
  in: "colour_in",
  out: "colour_out",
  net: "colour_net",
  none: "colour_none",
};
const DIRECTION_WORDS: Record<Direction, Key> = { both: "both_ways", in: "arriving", out: "leaving" };

export class Panel {
  readonly element: HTMLElement;
  readonly slider: DaySlider;
  private readonly level: HTMLFieldSetElement;
  private readonly mode: HTMLFieldSetElement;
  private readonly direction: HTMLFieldSetElement;
  private readonly category: HTMLSelectElement;
  private readonly measure: HTMLSelectElement;
  private readonly notice = el("div", { class: "notice", role: "status", "aria-live": "polite" });
  private readonly totals = el("p", { class: "totals", "aria-live": "polite" });
  private readonly chosen = el("section", { class: "chosen", hidden: true });
  private readonly key = el("div");
  private readonly summary: HTMLButtonElement;
  private readonly summaryText = el("span");

  constructor(
    private readonly words: Words,
    private readonly classes: Classes,
    asked: Question,
    private readonly who: string,
    private readonly change: Change,
  ) {
    const { say } = words;
    this.slider = new DaySlider(words, (from, to) => change({ from, to }));
    this.level = choice<Level>(
      "level",
      say("level"),
      [
        { value: "state", text: say("states") },
        { value: "district", text: say("districts") },
      ],
      asked.level,
      (level) => change({ level, unit: null, direction: "both" }),
    );
    const modes = [
      { value: "", text: say("all") },
      ...MODES.map((mode) => ({ value: mode as string, text: say(mode) })),
    ];
    this.mode = choice("mode", say("mode"), modes, asked.mode, (mode) => change({ mode }));
    this.direction = choice<Direction>(
      "direction",
      say("direction"),
      DIRECTIONS.map((value) => ({ value, text: say(DIRECTION_WORDS[value]) })),
      asked.direction,
      (direction) => change({ direction }),
    );
    this.category = this.select(["", ...CATEGORIES], (value) => say((value || "all") as Key));
    this.category.addEventListener("change", () => change({ category: this.category.value }));
    this.measure = this.select(MEASURES, (value) => say(MEASURE_WORDS[value as Measure]));
    this.measure.addEventListener("change", () => {
      change({ measure: this.measure.value as Measure });
    });
    this.summary = el(
      "button",
      { type: "button", class: "sheet-handle", "aria-expanded": "false", "aria-controls": "flow-panel", "aria-label": say("panel") },
      this.summaryText,
    );
    this.summary.addEventListener("click", () => this.toggle());
    this.element = this.built();
    this.follow(asked);
  }

  /** Shows a question. */
  follow(asked: Question): void {
    choose(this.level, asked.level);
    choose(this.mode, asked.mode);
    choose(this.direction, asked.direction);
    this.category.value = asked.category;
    this.measure.value = asked.measure;
    this.chosen.hidden = asked.unit === null;
    this.key.replaceChildren(legend(this.words, this.classes, asked.measure, asked.unit !== null));
  }

  /** Says how many people the arrows show, and how many they leave out. */
  count(answer: Answer): void {
    const { say, number } = this.words;
    const all = answer.total + answer.internal;
    this.element.classList.remove("silent");
    const key = answer.hidden > 0 ? "shown" : "shown_all";
    const lines = [say(key, { shown: number(answer.shown), total: number(answer.total) })];
    if (answer.hidden > 0) {
      const left = answer.edges_total - answer.edges.length;
      lines.push(say("hidden", { hidden: number(answer.hidden), edges: number(Math.max(0, left)) }));
    }
    if (answer.internal > 0) lines.push(say("internal", { internal: number(answer.internal) }));
    this.totals.replaceChildren(
      el("strong", {}, number(all)),
      ` ${say("people_in_window")}`,
      ...lines.map((line) => el("span", {}, line)),
    );
    this.summaryText.textContent = `${number(all)} ${say("people_in_window")}`;
  }

  choose(body: HTMLElement): void {
    const close = el("button", { type: "button", class: "close" }, this.words.say("close"));
    close.addEventListener("click", () => this.change({ unit: null, direction: "both" }));
    this.chosen.replaceChildren(close, body, this.direction);
  }

  /** Says something to the reader; an empty text takes it away. */
  tell(text: string, kind: "busy" | "note" | "error", ...actions: HTMLElement[]): void {
    this.notice.className = `notice ${kind}`;
    this.notice.replaceChildren(...(text ? [el("p", {}, text), ...actions] : []));
    if (kind !== "busy" && text) this.summaryText.textContent = text;
  }

  open(): void {
    if (this.element.classList.contains("open")) return;
    this.toggle();
  }

  private toggle(): void {
    const open = this.element.classList.toggle("open");
    this.summary.setAttribute("aria-expanded", String(open));
  }

  private select(values: readonly string[], text: (value: string) => string): HTMLSelectElement {
    return el("select", {}, ...values.map((value) => el("option", { value }, text(value))));
  }

  private built(): HTMLElement {
    const { say } = this.words;
    return el(
      "section",
      { class: "panel silent", "aria-label": say("panel") },
      this.summary,
      el(
        "div",
        { class: "panel-body", id: "flow-panel" },
        ...(this.who ? [el("p", { class: "signed-in" }, this.who)] : []),
        this.notice,
        this.chosen,
        this.totals,
        this.slider.element,
        this.level,
        this.mode,
        el(
          "div",
          { class: "pair" },
          el("label", {}, say("category"), this.category),
          el("label", {}, say("colour"), this.measure),
        ),
        this.key,
      ),
    );
  }
}

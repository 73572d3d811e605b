/** The panel of controls; what it shows follows the question, never the reverse. */

import type { Answer, Level } from "./answer";
import { choice, choose, choices, chooseAll, el } from "./dom";
import { type Keyed, legend } from "./legend";
import {
  CATEGORIES,
  type Direction,
  DIRECTIONS,
  LEVELS,
  type Measure,
  MEASURES,
  MODES,
  type Question,
  type Stage,
  STAGES,
} from "./question";
import { ScaleChoice } from "./scale-choice";
import { Timeline } from "./timeline";
import type { Told } from "./told";
import { type Compared, totals } from "./totals";
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

const LEVEL_WORDS: Record<Level, Key> = { state: "states", district: "districts", cluster: "clusters" };
const DEFAULT_STAGES = STAGES.filter((stage) => stage !== "cancelled");

/** What the panel tells the map. */
export interface Steering {
  change: Change;
  play: () => void;
  lock: (on: boolean) => void;
}

export class Panel {
  readonly element: HTMLElement;
  readonly timeline: Timeline;
  /** A row for what is done with the picture: a table of it, files. */
  readonly slot = el("div", { class: "panel-slot" });
  private readonly level: HTMLFieldSetElement;
  private readonly mode: HTMLFieldSetElement;
  private readonly stages: HTMLFieldSetElement;
  private readonly stagesSaid = el("span");
  private readonly direction: HTMLFieldSetElement;
  private readonly category: HTMLSelectElement;
  private readonly measure: HTMLSelectElement;
  private readonly scale: ScaleChoice;
  private readonly notice = el("div", { class: "notice", role: "status", "aria-live": "polite" });
  private readonly totals = el("p", { class: "totals", "aria-live": "polite" });
  private readonly chosen = el("section", { class: "chosen", hidden: true });
  private readonly key = el("div");
  private readonly summary: HTMLButtonElement;
  private readonly summaryText = el("span");

  constructor(
    private readonly words: Words,
    asked: Question,
    private readonly reader: { who: string; told: Told },
    { change, play, lock }: Steering,
  ) {
    this.change = change;
    const { say } = words;
    const worded = <T extends string>(values: readonly T[], of: (value: T) => Key) =>
      values.map((value) => ({ value, text: say(of(value)) }));
    this.timeline = new Timeline(words, change, play, reader.told === "state");
    this.level = choice<Level>("level", say("level"), worded(LEVELS, (level) => LEVEL_WORDS[level]), asked.level, (level) =>
      change({ level, unit: null, direction: "both" }),
    );
    const modes = [{ value: "", text: say("all") }, ...worded<string>(MODES, (mode) => mode as Key)];
    this.mode = choice("mode", say("mode"), modes, asked.mode, (mode) => change({ mode }));
    this.stages = choices<Stage>(say("stage"), worded(STAGES, (stage) => `stage_${stage}` as const), (stages) =>
      change({ stages: asDefault(stages) }),
    );
    this.direction = choice<Direction>("direction", say("direction"), worded(DIRECTIONS, (way) => DIRECTION_WORDS[way]), asked.direction, (direction) =>
      change({ direction }),
    );
    this.category = this.select(["", ...CATEGORIES], (value) => say((value || "all") as Key));
    this.category.addEventListener("change", () => change({ category: this.category.value }));
    this.measure = this.select(MEASURES, (value) => say(MEASURE_WORDS[value as Measure]));
    this.measure.addEventListener("change", () => {
      change({ measure: this.measure.value as Measure });
    });
    this.scale = new ScaleChoice(words, (scale) => change({ scale, lock: null }), lock);
    this.summary = el(
      "button",
      { type: "button", class: "sheet-handle", "aria-expanded": "false", "aria-controls": "flow-panel", "aria-label": say("panel") },
      this.summaryText,
    );
    this.summary.addEventListener("click", () => this.toggle());
    this.element = this.built();
    this.follow(asked);
  }

  private readonly change: Change;
  /** What the key shows, so that it is not laid out anew at each day. */
  private explained = "";

  /** Shows a question. */
  follow(asked: Question): void {
    choose(this.level, asked.level);
    choose(this.mode, asked.mode);
    choose(this.direction, asked.direction);
    chooseAll(this.stages, asked.stages.length ? asked.stages : DEFAULT_STAGES);
    this.stagesSaid.textContent = this.worded(asked.stages);
    this.category.value = asked.category;
    this.measure.value = asked.measure;
    this.measure.disabled = asked.level === "cluster";
    this.scale.follow(asked);
    this.chosen.hidden = asked.unit === null;
    this.timeline.follow(asked);
  }

  /** Shows the key of the picture. */
  explain(keyed: Keyed): void {
    const { asked, classes, compared } = keyed;
    const { measure, unit, level, scale, lock } = asked;
    const explained = JSON.stringify([measure, unit, level, scale, lock, classes, compared, keyed.about]);
    if (explained === this.explained) return;
    this.explained = explained;
    this.key.replaceChildren(legend(this.words, keyed));
  }

  /** Says how many people the arrows show, and how many they leave out. */
  count(answer: Answer, compared: Compared | null): void {
    const { summary, parts } = totals(this.words, answer, compared);
    this.element.classList.remove("silent");
    this.totals.replaceChildren(...parts);
    this.summaryText.textContent = summary;
  }

  /** While days are played nobody is read every number aloud. */
  playing(is: boolean): void {
    this.element.classList.toggle("playing", is);
    this.totals.setAttribute("aria-live", is ? "off" : "polite");
    this.timeline.play.show(is);
  }

  /** What the totals say now. */
  get said(): string {
    return this.summaryText.textContent ?? "";
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

  /** Adds a section below the others. */
  add(section: HTMLElement): void {
    this.element.querySelector(".panel-body")?.append(section);
  }

  open(): void {
    if (this.element.classList.contains("open")) return;
    this.toggle();
  }

  private worded(stages: readonly Stage[]): string {
    const { say } = this.words;
    if (!stages.length) return say("stage_default");
    return stages.map((stage) => say(`stage_${stage}`)).join(", ");
  }

  private toggle(): void {
    const open = this.element.classList.toggle("open");
    this.summary.setAttribute("aria-expanded", String(open));
  }

  private select(values: readonly string[], text: (value: string) => string): HTMLSelectElement {
    return el("select", {}, ...values.map((value) => el("option", { value }, text(value))));
  }

  /** What may be chosen; a release is not told by all of it. */
  private filters(): HTMLElement[] {
    const { told } = this.reader;
    if (told === "state") return [];
    const { say } = this.words;
    const stages = el("details", { class: "more" }, el("summary", {}, say("stage"), this.stagesSaid), this.stages);
    return [this.level, this.mode, ...(told ? [] : [stages])];
  }

  private categories(): HTMLElement[] {
    return this.reader.told ? [] : [el("label", {}, this.words.say("category"), this.category)];
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
        ...(this.reader.who ? [el("p", { class: "signed-in" }, this.reader.who)] : []),
        this.notice,
        this.chosen,
        this.totals,
        this.slot,
        this.timeline.element,
        ...this.filters(),
        el("div", { class: "pair" }, ...this.categories(), el("label", {}, say("colour"), this.measure)),
        el("section", { class: "legend" }, el("h2", {}, say("legend")), this.scale.element, this.key),
      ),
    );
  }
}

/** Every stage but cancelled is what is meant anyway, and so is none at all. */
function asDefault(stages: readonly Stage[]): readonly Stage[] {
  return stages.join() === DEFAULT_STAGES.join() ? [] : stages;
}

/** Plays the window over the days, on the map and in the panel. */

import type { Answer, Period } from "./answer";
import type { Calendar } from "./calendar";
import { busiest, dayAfter, daysBetween, lengthOf } from "./days";
import type { Panel } from "./panel";
import { Player } from "./player";
import type { Question } from "./question";
import type { Words } from "./words";

/** Keys that only look around; any other hand on the page ends the film. */
const HARMLESS = new Set([" ", "Tab", "Shift", "Control", "Alt", "Meta"]);

export interface Stage {
  words: Words;
  asked: () => Question;
  flows: (asked: Question, signal: AbortSignal) => Promise<Answer>;
  /** Resolves when the answer is on the screen, or with false if it never was. */
  show: (asked: Question, answer: Answer) => Promise<boolean>;
  /** The window to stay at, when one step is enough or the film is over. */
  settle: (part: Partial<Question>) => void;
  failed: (error: unknown) => void;
}

export class Film {
  private readonly player = new Player<Answer>();

  constructor(
    private readonly host: HTMLElement,
    private readonly panel: Panel,
    private readonly calendar: Calendar,
    private readonly stage: Stage,
  ) {
    const { play } = panel.timeline;
    play.onSpeed = (speed) => {
      this.player.speed = speed;
    };
    const elsewhere = (event: Event) => !play.element.contains(event.target as Node);
    for (const kind of ["pointerdown", "wheel"] as const) {
      host.addEventListener(kind, (event) => elsewhere(event) && this.stop(), { passive: true });
    }
    host.addEventListener("keydown", (event) => {
      if (elsewhere(event) && !HARMLESS.has(event.key)) this.stop();
    });
    window.addEventListener("keydown", (event) => this.typed(event));
  }

  get steps(): { shown: number; dropped: number } {
    return { shown: this.player.shown, dropped: this.player.dropped };
  }

  get running(): boolean {
    return this.player.running;
  }

  toggle(): void {
    if (this.player.running) this.stop();
    else if (this.panel.timeline.play.stepwise) this.step();
    else void this.play();
  }

  stop(): void {
    this.player.stop();
  }

  /** One day on; from the last day back to the first. */
  private step(): void {
    const next = this.windows()[1] ?? this.windows(true)[0];
    if (next) this.stage.settle(next);
  }

  private async play(): Promise<void> {
    const { words, asked, flows, show, settle, failed } = this.stage;
    const kept = asked().lock;
    const { play } = this.panel.timeline;
    const windows = this.windows();
    const lock = this.locked(windows[0]);
    const questions = windows.map((window) => ({ ...asked(), ...window, lock }));
    this.player.speed = play.speed;
    this.host.classList.add("playing");
    this.panel.playing(true);
    play.say(words.say("playing", { n: words.number(questions.length) }));
    try {
      await this.player.play({
        steps: questions.length,
        ask: (step, signal) => flows(questions[step] as Question, signal),
        show: (step, answer) => show(questions[step] as Question, answer),
      });
    } catch (error) {
      failed(error);
    } finally {
      this.host.classList.remove("playing");
      this.panel.playing(false);
    }
    const { from, to } = asked();
    if (from && to) play.say(words.say("stopped", { period: words.period({ from, to }), said: this.panel.said }));
    if (!this.player.dropped) settle({ lock: kept });
  }

  /** The window from where it is to the last day; one that is there begins again, and
   * one that cannot move is made a day long. */
  private windows(again = false): Period[] {
    const { span } = this.calendar;
    const period = this.calendar.period(this.stage.asked());
    if (!span || !period) return [];
    const pace = this.calendar.days?.weekly ? 7 : 1;
    const length = lengthOf(period) < lengthOf(span) ? lengthOf(period) : pace;
    const begin = again || period.to >= span.to ? span.from : period.from;
    const steps = Math.floor((daysBetween(begin, span.to) - length + 1) / pace) + 1;
    return Array.from({ length: steps }, (_, step) => {
      const from = dayAfter(begin, step * pace);
      return { from, to: dayAfter(from, length - 1) };
    });
  }

  /** The window whose classes hold for the whole film: the kept one, or the busiest. */
  private locked(first: Period | undefined): Period | null {
    const { scale, lock } = this.stage.asked();
    const { span, days } = this.calendar;
    if (scale === "fixed" || lock || !span || !days || !first) return lock;
    return busiest(span, days, lengthOf(first));
  }

  private typed(event: KeyboardEvent): void {
    if (event.key !== " " || event.defaultPrevented) return;
    const { target } = event;
    const free =
      target === document.body ||
      (target instanceof HTMLElement &&
        this.host.contains(target) &&
        target.matches("canvas, .brush input, .maplibregl-canvas-container"));
    if (!free) return;
    event.preventDefault();
    this.toggle();
  }
}

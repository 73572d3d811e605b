/** The buttons that play the days. Where the reader wants little motion, a step. */

import { el } from "./dom";
import type { Words } from "./words";

const SPEEDS = [1, 2, 4];

export class PlayRow {
  readonly element: HTMLElement;
  readonly stepwise = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  private readonly button = el("button", { type: "button", class: "play" });
  private readonly text = el("span", { class: "play-text" });
  private readonly speedChoice: HTMLSelectElement;
  private readonly said = el("span", { class: "unseen", role: "status" });

  constructor(
    private readonly words: Words,
    onPlay: () => void,
  ) {
    const { say, number } = words;
    this.button.append(el("span", { class: "play-icon", "aria-hidden": "true" }), this.text);
    this.button.addEventListener("click", onPlay);
    this.speedChoice = el(
      "select",
      { "aria-label": say("speed") },
      ...SPEEDS.map((each) =>
        el("option", { value: each, selected: each === 2 }, say("days_per_second", { n: number(each) })),
      ),
    );
    this.speedChoice.hidden = this.stepwise;
    this.element = el("div", { class: "play-row" }, this.button, this.speedChoice, this.said);
    this.show(false);
  }

  get speed(): number {
    return Number(this.speedChoice.value);
  }

  set onSpeed(told: (speed: number) => void) {
    this.speedChoice.addEventListener("change", () => told(this.speed));
  }

  show(playing: boolean): void {
    const { say } = this.words;
    const key = this.stepwise ? "next_day" : playing ? "pause" : "play";
    this.text.textContent = say(key);
    this.button.classList.toggle("on", playing);
  }

  /** Tells those who do not see the picture, once per beginning and end. */
  say(text: string): void {
    this.said.textContent = text;
  }
}

/** How arrows fall into classes, and whether the classes stay while the window moves. */

import { el } from "./dom";
import { type Question, type ScaleKind, SCALES } from "./question";
import type { Words } from "./words";

export class ScaleChoice {
  readonly element: HTMLElement;
  private readonly kind: HTMLSelectElement;
  private readonly lock = el("input", { type: "checkbox" });
  private readonly lockLabel: HTMLElement;

  /** `onLock` is told whether the classes of the window now shown are to be kept. */
  constructor(words: Words, onKind: (kind: ScaleKind) => void, onLock: (on: boolean) => void) {
    const { say } = words;
    this.kind = el("select", {}, ...SCALES.map((value) => el("option", { value }, say(`scale_${value}`))));
    this.kind.addEventListener("change", () => onKind(this.kind.value as ScaleKind));
    this.lock.addEventListener("change", () => onLock(this.lock.checked));
    this.lockLabel = el("label", { class: "check" }, this.lock, say("scale_lock"));
    this.element = el(
      "div",
      { class: "scale" },
      el("label", { class: "field" }, say("scale"), this.kind),
      this.lockLabel,
    );
  }

  follow(asked: Question): void {
    this.kind.value = asked.scale;
    this.lockLabel.hidden = asked.scale === "fixed";
    this.lock.checked = asked.lock !== null;
  }
}

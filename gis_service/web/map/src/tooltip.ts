/** A small box beside the pointer; text only. */

import { el } from "./dom";

const OFFSET_PX = 14;

export class Tooltip {
  readonly element = el("div", { class: "tooltip", role: "tooltip", hidden: true });

  show(at: { x: number; y: number }, title: string, lines: readonly string[]): void {
    this.element.replaceChildren(el("b", {}, title), ...lines.map((line) => el("span", {}, line)));
    this.element.hidden = false;
    const frame = this.element.parentElement;
    const right = (frame?.clientWidth ?? 0) - this.element.offsetWidth - OFFSET_PX;
    const below = (frame?.clientHeight ?? 0) - this.element.offsetHeight - OFFSET_PX;
    const x = Math.max(4, Math.min(at.x + OFFSET_PX, right));
    const y = Math.max(4, Math.min(at.y + OFFSET_PX, below));
    this.element.style.transform = `translate(${x}px, ${y}px)`;
  }

  hide(): void {
    this.element.hidden = true;
  }
}

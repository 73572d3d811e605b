/** What lies under the pointer: a flow, a place, a cluster; and what is said of it. */

import type { Map as LibreMap, MapMouseEvent, PointLike } from "maplibre-gl";
import type { Answer, Edge, Node } from "./answer";
import type { FlowCanvas } from "./flow-canvas";
import { outline } from "./paint";
import type { Places } from "./places";
import type { Question } from "./question";
import { Tooltip } from "./tooltip";
import { type Words, wordsOf } from "./words";

const HIT_PX = 4;

export class Pointer {
  private readonly tooltip = new Tooltip();

  constructor(
    private readonly map: LibreMap,
    private readonly flows: FlowCanvas,
    private readonly words: Words,
    private readonly places: Places,
    private readonly shown: () => { asked: Question; answer: Answer | null },
    choose: (code: number | null) => void,
    private readonly over: (at: PointLike) => string[],
  ) {
    map.on("mousemove", (event) => this.pointed(event));
    map.on("mouseout", () => this.left());
    map.on("click", (event) => choose(this.unitAt(event)));
  }

  get element(): HTMLElement {
    return this.tooltip.element;
  }

  hide(): void {
    this.tooltip.hide();
  }

  nameOf(code: number): string {
    const place = this.places.find(this.shown().asked.level, code);
    return place?.name ? this.words.name(place) : this.words.say("cluster");
  }

  private pointed(event: MapMouseEvent): void {
    const at = event.point;
    const flow = this.flows.arcAt(at, HIT_PX);
    const code = flow ? null : this.unitAt(event);
    outline(this.map, "hovered", this.shown().asked.level, code);
    this.map.getCanvas().style.cursor = this.unitAt(event) === null ? "" : "pointer";
    const here = code ?? (flow ? null : this.flows.circleAt(at)?.code);
    if (flow) {
      const { edge } = flow;
      this.tooltip.show(at, `${this.nameOf(edge.origin)} → ${this.nameOf(edge.destination)}`, this.flowLines(edge));
    } else if (here !== undefined && here !== null) {
      const lines = [...this.placeLines(this.places.nodes.get(here)), ...this.over(at)];
      this.tooltip.show(at, this.nameOf(here), lines);
    } else {
      this.tooltip.hide();
    }
  }

  private left(): void {
    this.tooltip.hide();
    outline(this.map, "hovered", this.shown().asked.level, null);
  }

  private unitAt(event: MapMouseEvent): number | null {
    const { level } = this.shown().asked;
    if (level === "cluster") return null;
    const layer = level === "state" ? "states-fill" : "districts-fill";
    const found = this.map.queryRenderedFeatures(event.point, { layers: [layer] })[0];
    return typeof found?.id === "number" ? found.id : null;
  }

  private flowLines({ n, before, n_low, n_high }: Edge): string[] {
    const { say, number, people, signed } = wordsOf(this.words, this.shown().answer);
    const between = n_low !== undefined && n_high !== undefined;
    const bounds = between ? [say("between", { low: number(n_low), high: number(n_high) })] : [];
    if (before === undefined) return [say("people", { n: people(n) }), ...bounds];
    return [
      `${say("before")}: ${people(before)}`,
      `${say("after")}: ${people(before + n)}`,
      `${say("change")}: ${signed(n)}`,
      ...bounds,
    ];
  }

  private placeLines(node: Node | undefined): string[] {
    if (!node || this.shown().asked.unit !== null) return [];
    const { say, people, signed } = wordsOf(this.words, this.shown().answer);
    const [said, more] = this.shown().asked.versus ? [signed, ` (${say("change")})`] : [people, ""];
    return [`${say("arriving")}: ${said(node.in)}${more}`, `${say("leaving")}: ${said(node.out)}${more}`];
  }
}

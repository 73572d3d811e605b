/** An answer on the map: arrows in their classes, filled places, names. */

import type { Map as LibreMap } from "maplibre-gl";
import type { Answer } from "./answer";
import { arcs } from "./arcs";
import { circles } from "./circles";
import type { Class, Classes } from "./classes";
import { Fills } from "./fills";
import { FlowCanvas } from "./flow-canvas";
import { Labels } from "./labels";
import { coloursOf, outline } from "./paint";
import type { Places } from "./places";
import type { Question } from "./question";
import type { Words } from "./words";

export class Drawing {
  answer: Answer | null = null;
  readonly flows: FlowCanvas;
  private readonly fills: Fills;
  private readonly labels: Labels;

  constructor(
    private readonly map: LibreMap,
    words: Words,
    private readonly places: Places,
    /** Those of places are the layers' own; those of arrows may change. */
    public classes: Classes,
  ) {
    this.fills = new Fills(map);
    this.flows = new FlowCanvas(map);
    this.labels = new Labels(map, words);
  }

  /** Draws an answer; the browser shows it with its next frame. */
  show(asked: Question, answer: Answer, flows: readonly Class[]): void {
    this.answer = answer;
    this.classes = { ...this.classes, flows };
    const { level, unit } = asked;
    const changes = asked.versus !== null;
    const news = this.places.learn(answer, level);
    this.fill(asked);
    this.flows.show({
      arcs: arcs(answer.edges, this.places.nodes, unit),
      circles: circles(level === "cluster" ? answer.nodes : [], changes),
      classes: flows,
      changes,
    });
    outline(this.map, "selected", level, unit);
    if (news) this.labels.show(this.places.all());
  }

  /** Colours places anew. */
  fill(asked: Question): void {
    if (!this.answer) return;
    const peopleOf = (code: number) => this.places.peopleOf(asked.level, code);
    this.fills.show(asked.level, coloursOf(this.answer, asked, this.classes, peopleOf));
  }

  /** Takes names and inhabitants from tiles that came since. */
  learn(asked: Question): void {
    if (!this.places.learnTiles(this.map)) return;
    this.labels.show(this.places.all());
    this.fill(asked);
  }

  /** Makes MapLibre's canvas whole but for the arrows, until what it gives is called. */
  hold(): () => void {
    return this.fills.hold();
  }
}

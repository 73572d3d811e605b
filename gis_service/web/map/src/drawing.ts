/** An answer on the map: arrows in their classes, filled places, names. */

import type { Map as LibreMap } from "maplibre-gl";
import type { Answer } from "./answer";
import type { Class, Classes } from "./classes";
import { restyle } from "./flow-layers";
import { Labels } from "./labels";
import { outline, paintFlows, paintPlaces } from "./paint";
import type { Places } from "./places";
import type { Question } from "./question";
import type { Words } from "./words";

export class Drawing {
  answer: Answer | null = null;
  private readonly labels: Labels;
  private look = "";

  constructor(
    private readonly map: LibreMap,
    words: Words,
    private readonly places: Places,
    /** Those of places are the layers' own; those of arrows may change. */
    public classes: Classes,
  ) {
    this.labels = new Labels(map, words);
  }

  /** Shows an answer; resolves when it is on the screen, or with false if it is late. */
  async show(asked: Question, answer: Answer, flows: readonly Class[]): Promise<boolean> {
    this.answer = answer;
    this.places.learn(answer, asked.level);
    this.restyled(flows, asked.versus !== null);
    this.fill(asked);
    outline(this.map, "selected", asked.level, asked.unit);
    this.labels.show(this.places.all());
    return paintFlows(this.map, answer, this.places.nodes, asked);
  }

  /** Colours places anew. */
  fill(asked: Question): void {
    if (!this.answer) return;
    const peopleOf = (code: number) => this.places.peopleOf(asked.level, code);
    paintPlaces(this.map, this.answer, asked, this.classes, peopleOf);
  }

  /** Takes names and inhabitants from tiles that came since. */
  learn(asked: Question): void {
    if (!this.places.learnTiles(this.map)) return;
    this.labels.show(this.places.all());
    this.fill(asked);
  }

  /** Gives arrows their classes, where those are others than before. */
  private restyled(flows: readonly Class[], changes: boolean): void {
    const look = JSON.stringify([flows, changes]);
    this.classes = { ...this.classes, flows };
    if (look === this.look) return;
    this.look = look;
    restyle(this.map, flows, changes);
  }
}

/** A chosen place in the panel: its people, its partners, the ways that they take. */

import type { Answer } from "./answer";
import type { Panel } from "./panel";
import type { Places } from "./places";
import type { Question } from "./question";
import { selection, wayLinks } from "./selection";
import { Refused, type Service } from "./service";
import type { Words } from "./words";

export class Chosen {
  constructor(
    private readonly panel: Panel,
    private readonly words: Words,
    private readonly places: Places,
    private readonly service: Service,
    private readonly nameOf: (code: number) => string,
  ) {}

  /** Describes the place that is asked of, if one is. */
  describe(asked: Question, answer: Answer): HTMLElement | null {
    const { unit, level } = asked;
    if (unit === null) return null;
    const known = this.places.find(level, unit);
    const place = known ?? { name: String(unit), name_hi: null };
    const state = level === "district" && known ? this.places.find("state", known.state_code) : null;
    const body = selection(this.words, unit, answer, this.places.nodes, { ...place, state });
    this.panel.choose(body);
    return body;
  }

  /** Adds links to the ways of a district; without them the rest still stands. */
  async addWays(body: HTMLElement, asked: Question, signal: AbortSignal): Promise<void> {
    if (asked.level !== "district") return;
    try {
      const ways = await this.service.ways(asked, signal);
      body.append(...wayLinks(this.words, ways, this.nameOf, (way) => this.service.page(way)));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
}

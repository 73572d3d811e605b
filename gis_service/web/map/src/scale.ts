/** The classes of arrows for a question: fixed, of this answer, or of a kept window. */

import type { Answer } from "./answer";
import { classed } from "./breaks";
import type { Class } from "./classes";
import { queryOf, type Question } from "./question";

const KEPT = 8;

export class Scale {
  private readonly known = new Map<string, readonly Class[]>();

  constructor(private readonly own: readonly Class[]) {}

  /** Classes for an answer; asks once where they are those of another window. */
  async classes(
    asked: Question,
    answer: Answer,
    zoom: number,
    ask: (other: Question) => Promise<Answer>,
  ): Promise<readonly Class[]> {
    const { scale, lock } = asked;
    if (scale === "fixed") return this.own;
    if (!lock) return this.of(asked, answer);
    const other = { ...asked, ...lock };
    const key = `${scale} ${asked.level}?${queryOf(other, zoom)}`;
    const known = this.known.get(key);
    if (known) return known;
    const made = this.of(asked, await ask(other));
    for (const old of this.known.keys()) if (this.known.size >= KEPT) this.known.delete(old);
    this.known.set(key, made);
    return made;
  }

  private of(asked: Question, answer: Answer): readonly Class[] {
    return classed(asked.scale, answer.edges.map((edge) => edge.n), this.own);
  }
}

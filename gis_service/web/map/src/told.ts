/** What the reader is told: exact flows, a release, or of that pairs of states by the
 * week. What is not told is neither offered nor asked for. */

import { wholeWeeks } from "./days";
import { periodOf, type Question } from "./question";

export type Told = "" | "district" | "state";

export function toldOf(text: string | null): Told {
  return text === "district" || text === "state" ? text : "";
}

/** The question without what is not told. */
export function permitted(asked: Question, told: Told): Question {
  if (!told) return asked;
  const plain: Question = { ...asked, category: "", stages: [] };
  if (told === "district") return plain;
  const period = periodOf(plain);
  const unit = plain.level === "state" ? plain.unit : null;
  return { ...plain, ...(period && wholeWeeks(period)), mode: "", level: "state", unit };
}

/** What a map shows, in words: for the table, the picture, and names of files. */

import type { Answer } from "./answer";
import type { Question } from "./question";
import { type Key, type Words, wordsOf } from "./words";

/** An answer with the question that it answers. */
export interface Shown {
  asked: Question;
  answer: Answer;
}

interface Window {
  from: string | null;
  to: string | null;
}

const TITLES: Record<string, readonly [Key, Key]> = {
  state: ["sheet_states", "sheet_states_change"],
  district: ["sheet_districts", "sheet_districts_change"],
};
const ANY: readonly [Key, Key] = ["sheet_places", "sheet_places_change"];

export function titleOf(words: Words, { answer }: Shown): string {
  const [plain, change] = TITLES[answer.level] ?? ANY;
  return words.say(answer.versus ? change : plain);
}

/** The window, and the one that it is compared with. */
export function windowOf(words: Words, { answer }: Shown): string {
  const { versus } = answer;
  const window = daysOf(words, answer);
  return versus ? words.say("sheet_versus", { window, versus: daysOf(words, versus) }) : window;
}

function daysOf(words: Words, { from, to }: Window): string {
  if (!from || !to) return words.say("all_days");
  return words.period({ from, to });
}

/** Whom the map counts: mode, category, and the place it is narrowed to. */
export function filtersOf(words: Words, { asked }: Shown, place: string | null): string[] {
  const parts = [asked.mode, asked.category].filter(Boolean).map((key) => words.say(key as Key));
  parts.push(...asked.stages.map((stage) => words.say(`stage_${stage}`)));
  if (place !== null) parts.push(onlyOf(words, asked, place));
  return parts;
}

export function onlyOf(words: Words, asked: Question, place: string): string {
  const ways: Record<string, Key> = { in: "table_only_in", out: "table_only_out" };
  return words.say(ways[asked.direction] ?? "table_only", { place });
}

/** How many people the listed flows carry, and how many are not listed. */
export function disclosed(words: Words, { answer }: Shown): string[] {
  const said = wordsOf(words, answer);
  const { say, number, people } = said;
  const { shown, total, hidden, internal } = answer;
  const left = Math.max(0, answer.edges_total - answer.edges.length);
  if (answer.versus) return changes(said, answer, left);
  const values = { shown: people(shown), total: people(total), rows: number(answer.edges.length) };
  const all = left === 0 && hidden === 0;
  const lines = [say(all ? "listed_all" : "listed", values)];
  if (!all) lines.push(say("listed_hidden", { hidden: people(hidden), edges: number(left) }));
  if (internal > 0) lines.push(say("listed_internal", { internal: people(internal) }));
  return lines;
}

function changes({ say, number, signed }: Words, { shown, total, hidden, internal, edges }: Answer, left: number): string[] {
  const values = { shown: signed(shown), total: signed(total), rows: number(edges.length) };
  const lines = [say(left === 0 ? "listed_change_all" : "listed_change", values)];
  if (left > 0) lines.push(say("listed_change_hidden", { hidden: signed(hidden), edges: number(left) }));
  if (internal !== 0) lines.push(say("listed_change_internal", { internal: signed(internal) }));
  return lines;
}

/** A file's name, such as `nmis-flows-district-2020-05-01_2020-05-28-synthetic.csv`. */
export function fileName(
  { asked, answer }: Shown,
  what: string,
  { ending, synthetic }: { ending: string; synthetic: boolean },
): string {
  const { versus } = answer;
  const parts = ["nmis", what, answer.level, daySpan(answer)];
  if (versus) parts.push("versus", daySpan(versus));
  parts.push(...[asked.mode, asked.category, ...asked.stages].filter(Boolean));
  if (asked.unit !== null) parts.push(String(asked.unit));
  if (synthetic) parts.push("synthetic");
  return `${parts.join("-")}.${ending}`;
}

function daySpan({ from, to }: Window): string {
  if (!from || !to) return "all-days";
  return from === to ? from : `${from}_${to}`;
}

/** How many people the arrows show and leave out, in a sentence or three. */

import type { Answer, Period } from "./answer";
import { el } from "./dom";
import { type Words, wordsOf } from "./words";

/** Two windows and everybody who travelled in each. */
export interface Compared {
  before: Period;
  after: Period;
  peopleBefore: number;
  peopleAfter: number;
}

export interface Totals {
  /** In one line, for the head of the sheet. */
  summary: string;
  parts: (HTMLElement | string)[];
}

export function totals(words: Words, answer: Answer, compared: Compared | null): Totals {
  const said = wordsOf(words, answer);
  return compared ? changed(said, answer, compared) : counted(said, answer);
}

function counted({ say, number, people }: Words, answer: Answer): Totals {
  const all = people(answer.total + answer.internal);
  if (answer.total + answer.internal === 0) return told(all, say("people_in_window"), [say("nobody")]);
  const key = answer.hidden > 0 ? "shown" : "shown_all";
  const lines = [say(key, { shown: people(answer.shown), total: people(answer.total) })];
  if (answer.hidden > 0) {
    lines.push(say("hidden", { hidden: people(answer.hidden), edges: number(left(answer)) }));
  }
  if (answer.internal > 0) lines.push(say("internal", { internal: people(answer.internal) }));
  return told(all, say("people_in_window"), lines);
}

function changed(words: Words, answer: Answer, { before, after, peopleBefore, peopleAfter }: Compared): Totals {
  const { say, number, people, period } = words;
  const difference = answer.total + answer.internal;
  const key = difference > 0 ? "more_travelling" : difference < 0 ? "fewer_travelling" : "as_many_travelling";
  const lines = [
    say("before_after", {
      before: people(peopleBefore),
      after: people(peopleAfter),
      before_period: period(before),
      after_period: period(after),
    }),
    say(left(answer) > 0 ? "changes_shown" : "changes_shown_all", { edges: number(answer.edges.length) }),
  ];
  if (left(answer) > 0) lines.push(say("changes_hidden", { edges: number(left(answer)) }));
  return told(people(Math.abs(difference)), say(key), lines);
}

function left(answer: Answer): number {
  return Math.max(0, answer.edges_total - answer.edges.length);
}

function told(figure: string, what: string, lines: readonly string[]): Totals {
  const first = begun(figure);
  const parts = [el("strong", {}, first), ` ${what}`, ...lines.map((line) => el("span", {}, begun(line)))];
  return { summary: `${first} ${what}`, parts };
}

/** A sentence may begin with a number that is "about". */
function begun(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

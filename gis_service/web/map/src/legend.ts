/** The key of the map, made from the very classes that draw it. */

import type { Period } from "./answer";
import { type Class, type Classes, FEWER, INBOUND, MORE, OUTBOUND, shade } from "./classes";
import { el, swatch } from "./dom";
import type { Measure, Question } from "./question";
import { type Key, type Words, wordsOf } from "./words";

type Filled = Exclude<Measure, "none">;

const TITLES: Record<Filled, Key> = { in: "place_in", out: "place_out", net: "place_net" };
const CHANGES: Record<Filled, Key> = {
  in: "place_in_change",
  out: "place_out_change",
  net: "place_net_change",
};
/** Arrows of a chosen place are coloured by way, so their width alone is the class. */
const PLAIN = "#5d6b76";

export interface Keyed {
  asked: Question;
  classes: Classes;
  /** The windows before and after, where two are compared. */
  compared: { before: Period; after: Period } | null;
  /** Whether the numbers are rounded. */
  about: boolean;
}

export function legend(given: Words, { asked, classes, compared, about }: Keyed): HTMLElement {
  const words = wordsOf(given, { about });
  const { say, period } = words;
  const { measure, unit, level } = asked;
  const parts: HTMLElement[] = [];
  if (compared) {
    const { before, after } = compared;
    parts.push(el("p", { class: "hint" }, say("compared", { before: period(before), after: period(after) })));
  }
  parts.push(compared ? changes(words, classes.flows) : arrows(words, classes.flows, unit !== null));
  if (asked.scale !== "fixed") {
    const fixed = asked.lock ? say("classes_fixed", { period: period(asked.lock) }) : say("classes_moving");
    parts.push(el("p", { class: "hint" }, fixed));
  }
  if (level === "cluster") parts.push(el("p", { class: "hint" }, say("circles")));
  else if (measure !== "none") {
    const title = say((compared ? CHANGES : TITLES)[measure]);
    parts.push(fills(words, classes[compared ? "net" : measure], title));
  }
  if (about) parts.push(el("p", { class: "hint" }, say("about_note")));
  return el("div", { class: "key" }, ...parts);
}

function arrows(words: Words, classes: readonly Class[], chosen: boolean): HTMLElement {
  const rows = classes.map((each, index) => {
    const backgroundColor = chosen ? PLAIN : each.colour;
    return line(range(words, each.above, classes[index + 1]?.above, 1), backgroundColor, each.width);
  });
  const ways = [
    [INBOUND, "arriving"],
    [OUTBOUND, "leaving"],
  ] as const;
  const both = ways.map(([colour, key]) => line(words.say(key), colour, 4));
  return titled(words.say("people_per_arrow"), rows, chosen ? both : []);
}

/** Two columns: how many more people, how many fewer. */
function changes(words: Words, classes: readonly Class[]): HTMLElement {
  const rows = classes.flatMap((each, index) =>
    [MORE, FEWER].map((ramp) => {
      const text = range(words, each.above, classes[index + 1]?.above, 1);
      return line(text, shade(ramp, index, classes.length), each.width);
    }),
  );
  const heads = (["more_people", "fewer_people"] as const).map((key) => el("li", {}, words.say(key)));
  return titled(words.say("change_per_arrow"), [...heads, ...rows], []);
}

function titled(title: string, rows: HTMLElement[], more: HTMLElement[]): HTMLElement {
  return el("div", {}, el("h3", {}, title), el("ul", { class: "classes" }, ...rows, ...more));
}

function line(text: string, backgroundColor: string, width: number): HTMLElement {
  return el("li", {}, swatch("stroke", { backgroundColor, height: `${width}px` }), text);
}

export function fills(words: Words, classes: readonly Class[], title: string): HTMLElement {
  const rows = classes.map((each, index) => {
    const sample = swatch("patch", { backgroundColor: each.colour });
    return el("li", {}, sample, range(words, each.above, classes[index + 1]?.above, 0));
  });
  return titled(title, rows, []);
}

/** A class in words; `gap` is the step between a class's end and the next one's begin.
 * People are whole: a class ends one below where the next begins. */
function range(words: Words, from: number, next: number | undefined, gap: number): string {
  const minus = (n: number) => words.number(n).replace("-", "−");
  const first = words.people(from).replace("-", "−");
  if (next === undefined) return words.say("or_more", { n: first });
  const to = minus(next - gap);
  if (!Number.isFinite(from)) return words.say("below", { n: to });
  return to === minus(from) ? first : words.say("from_to", { from: first, to });
}

/** The key of the map, made from the very classes that draw it. */

import { type Class, type Classes, INBOUND, OUTBOUND } from "./classes";
import { el, swatch } from "./dom";
import type { Measure } from "./question";
import type { Key, Words } from "./words";

const TITLES: Record<Exclude<Measure, "none">, Key> = {
  in: "place_in",
  out: "place_out",
  net: "place_net",
};

export function legend(
  words: Words,
  classes: Classes,
  measure: Measure,
  chosen: boolean,
): HTMLElement {
  const parts = [el("h2", {}, words.say("legend")), arrows(words, classes.flows, chosen)];
  if (measure !== "none") parts.push(fills(words, classes[measure], TITLES[measure]));
  return el("section", { class: "legend" }, ...parts);
}

function arrows(words: Words, classes: readonly Class[], chosen: boolean): HTMLElement {
  const rows = classes.map((each, index) => {
    const backgroundColor = chosen ? "#5d6b76" : each.colour;
    const sample = swatch("stroke", { backgroundColor, height: `${each.width}px` });
    // People are whole: the class before ends one below where the next begins.
    return el("li", {}, sample, range(words, each.above, classes[index + 1]?.above, 1));
  });
  const ways = [
    [INBOUND, "arriving"],
    [OUTBOUND, "leaving"],
  ] as const;
  const both = ways.map(([backgroundColor, key]) =>
    el("li", {}, swatch("stroke", { backgroundColor, height: "4px" }), words.say(key)),
  );
  return el(
    "div",
    {},
    el("h3", {}, words.say("people_per_arrow")),
    el("ul", { class: "classes" }, ...rows, ...(chosen ? both : [])),
  );
}

function fills(words: Words, classes: readonly Class[], title: Key): HTMLElement {
  const rows = classes.map((each, index) => {
    const sample = swatch("patch", { backgroundColor: each.colour });
    return el("li", {}, sample, range(words, each.above, classes[index + 1]?.above, 0));
  });
  return el("div", {}, el("h3", {}, words.say(title)), el("ul", { class: "classes" }, ...rows));
}

/** A class in words; `gap` is the step between a class's end and the next one's begin. */
function range(words: Words, from: number, next: number | undefined, gap: number): string {
  const signed = (n: number) => words.number(n).replace("-", "−");
  if (next === undefined) return words.say("or_more", { n: signed(from) });
  const to = signed(next - gap);
  if (!Number.isFinite(from)) return words.say("below", { n: to });
  return words.say("from_to", { from: signed(from), to });
}

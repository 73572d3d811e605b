/** The key of the map, made from the very classes that draw it. */

import { bounds, FILLS, INBOUND, NET_FILLS, OUTBOUND, VOLUMES } from "./classes";
import { el, swatch } from "./dom";
import type { Measure } from "./question";
import type { Words } from "./words";

export function legend(words: Words, measure: Measure, chosen: boolean): HTMLElement {
  const parts = [el("h2", {}, words.say("legend")), arrows(words, chosen)];
  if (measure !== "none") parts.push(fills(words, measure));
  return el("section", { class: "legend" }, ...parts);
}

function arrows(words: Words, chosen: boolean): HTMLElement {
  const rows = VOLUMES.map((each, index) => {
    const colour = chosen ? "#4d5a64" : each.colour;
    const height = `${Math.max(1, each.width)}px`;
    const sample = swatch("stroke", { backgroundColor: colour, height });
    return el("li", {}, sample, range(words, bounds(VOLUMES, index)));
  });
  const list = el("ul", { class: "classes" }, ...rows);
  const parts = [el("h3", {}, words.say("people_per_arrow")), list];
  if (chosen) {
    parts.push(
      el(
        "ul",
        { class: "ways" },
        el("li", {}, swatch("stroke", { backgroundColor: INBOUND, height: "4px" }), words.say("arriving")),
        el("li", {}, swatch("stroke", { backgroundColor: OUTBOUND, height: "4px" }), words.say("leaving")),
      ),
    );
  }
  return el("div", {}, ...parts);
}

function fills(words: Words, measure: Exclude<Measure, "none">): HTMLElement {
  const classes = measure === "net" ? NET_FILLS : FILLS;
  const rows = classes.map((each, index) => {
    const sample = swatch("patch", { backgroundColor: each.colour });
    const [least, most] = bounds(classes, index);
    const text = least === 0 ? words.say("none") : range(words, [least, most]);
    return el("li", {}, sample, text);
  });
  const title = words.say(measure === "net" ? "place_net" : measure === "in" ? "place_in" : "place_out");
  return el("div", {}, el("h3", {}, title), el("ul", { class: "classes" }, ...rows));
}

function range(words: Words, [least, most]: [number, number | null]): string {
  const signed = (n: number) => words.number(n).replace("-", "−");
  if (!Number.isFinite(least)) return words.say("or_less", { n: signed(most ?? 0) });
  if (most === null) return words.say("or_more", { n: signed(least) });
  return least < 0
    ? words.say("from_to", { from: signed(least), to: signed(most) })
    : `${signed(least)}–${signed(most)}`;
}

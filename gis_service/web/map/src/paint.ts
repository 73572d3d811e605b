/** What an answer says of places: their colours, and outlines of single ones. */

import type { Map as LibreMap } from "maplibre-gl";
import type { Answer, UnitLevel } from "./answer";
import { type Classes, colourOf } from "./classes";
import type { Measure, Question } from "./question";

const SOURCE: Record<UnitLevel, "states" | "districts"> = { state: "states", district: "districts" };

/** Colours of places by what they receive, send, or the difference, per 1,000 people. */
export function coloursOf(
  answer: Answer,
  asked: Question,
  classes: Classes,
  peopleOf: (code: number) => number | null,
): Map<number, string> {
  const colours = new Map<number, string>();
  const { level, measure } = asked;
  if (measure === "none" || level === "cluster") return colours;
  const fills = classes[asked.versus ? "net" : measure];
  for (const [code, value] of values(answer, asked)) {
    const people = peopleOf(code);
    if (people !== null) colours.set(code, colourOf((value / people) * 1000, fills));
  }
  return colours;
}

/** Outlines one place, or none. */
export function outline(
  map: LibreMap,
  kind: "hovered" | "selected",
  level: Question["level"],
  code: number | null,
): void {
  for (const source of ["states", "districts"] as const) {
    const here = level !== "cluster" && source === SOURCE[level];
    const filter = ["==", ["id"], here && code !== null ? code : -1] as ["==", ["id"], number];
    const layer = `${source}-${kind}`;
    // The same again would draw the whole map again.
    if (JSON.stringify(map.getFilter(layer)) !== JSON.stringify(filter)) map.setFilter(layer, filter);
  }
}

/** Per place, its figure; with a place chosen, what the others exchange with it. */
function values(answer: Answer, { unit, measure }: Question): Map<number, number> {
  const figures = new Map<number, { in: number; out: number }>();
  const of = (code: number) => {
    const known = figures.get(code) ?? { in: 0, out: 0 };
    figures.set(code, known);
    return known;
  };
  if (unit === null) {
    for (const node of answer.nodes) Object.assign(of(node.code), { in: node.in, out: node.out });
  } else {
    for (const edge of answer.edges) {
      if (edge.origin === unit) of(edge.destination).in += edge.n;
      if (edge.destination === unit) of(edge.origin).out += edge.n;
    }
  }
  return new Map([...figures].map(([code, figure]) => [code, read(figure, measure)]));
}

function read(figure: { in: number; out: number }, measure: Measure): number {
  if (measure === "net") return figure.in - figure.out;
  return measure === "out" ? figure.out : figure.in;
}

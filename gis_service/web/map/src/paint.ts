/** What an answer does to the map: arrows, fills of places, outlines. */

import type { GeoJSONSource, Map as LibreMap } from "maplibre-gl";
import type { Answer, Level, Node } from "./answer";
import { drawn } from "./arcs";
import { type Classes, colourOf } from "./classes";
import type { Measure, Question } from "./question";

const SOURCE: Record<Level, "states" | "districts"> = { state: "states", district: "districts" };

export function paintFlows(
  map: LibreMap,
  answer: Answer,
  nodes: ReadonlyMap<number, Node>,
  unit: number | null,
): void {
  const { lines, heads } = drawn(answer.edges, nodes, unit);
  map.getSource<GeoJSONSource>("flows")?.setData(lines);
  map.getSource<GeoJSONSource>("heads")?.setData(heads);
}

/** Colours places by what they receive, send, or the difference, per 1,000 people. */
export function paintPlaces(
  map: LibreMap,
  answer: Answer,
  asked: Question,
  classes: Classes,
  peopleOf: (code: number) => number | null,
): void {
  for (const source of ["states", "districts"] as const) {
    map.removeFeatureState({ source, sourceLayer: source });
  }
  const source = SOURCE[asked.level];
  map.setLayoutProperty("states-fill", "visibility", source === "states" ? "visible" : "none");
  if (asked.measure === "none") return;
  for (const [code, value] of values(answer, asked)) {
    const people = peopleOf(code);
    if (people === null) continue;
    const fill = colourOf((value / people) * 1000, classes[asked.measure]);
    map.setFeatureState({ source, sourceLayer: source, id: code }, { fill });
  }
}

/** Outlines one place, or none. */
export function outline(map: LibreMap, kind: "hovered" | "selected", level: Level, code: number | null): void {
  for (const source of ["states", "districts"] as const) {
    const id = source === SOURCE[level] && code !== null ? code : -1;
    map.setFilter(`${source}-${kind}`, ["==", ["id"], id]);
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

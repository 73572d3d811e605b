/** What an answer does to the map: arrows, circles, fills of places, outlines. */

import type { GeoJSONSource, Map as LibreMap } from "maplibre-gl";
import type { Answer, Node, UnitLevel } from "./answer";
import { drawn } from "./arcs";
import { circles } from "./circles";
import { type Classes, colourOf } from "./classes";
import type { Measure, Question } from "./question";

const SOURCE: Record<UnitLevel, "states" | "districts"> = { state: "states", district: "districts" };
/** Longer than any picture takes; a hidden tab paints none and must not wait for ever. */
const PATIENCE_MS = 3000;

/** Draws arrows, and circles of clusters. Resolves when they are on the screen, or with
 * false when that takes too long. */
export async function paintFlows(
  map: LibreMap,
  answer: Answer,
  nodes: ReadonlyMap<number, Node>,
  asked: Question,
): Promise<boolean> {
  const { lines, heads } = drawn(answer.edges, nodes, asked.unit);
  const points = circles(asked.level === "cluster" ? answer.nodes : [], asked.versus !== null);
  const data = { flows: lines, heads, clusters: points };
  const sent = Promise.all(
    Object.entries(data).map(([name, each]) => map.getSource<GeoJSONSource>(name)?.setData(each)),
  );
  return withPatience(sent.then(() => painted(map, Object.keys(data))));
}

/** Resolves with the first picture that has all of some sources. */
function painted(map: LibreMap, sources: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!sources.every((name) => map.isSourceLoaded(name))) return;
      map.off("render", look);
      resolve();
    };
    map.on("render", look);
    map.triggerRepaint();
  });
}

function withPatience(work: Promise<void>): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => {
    window.setTimeout(() => resolve(false), PATIENCE_MS);
  });
  return Promise.race([work.then(() => true), late]);
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
  const { level, measure } = asked;
  map.setLayoutProperty("states-fill", "visibility", level === "state" ? "visible" : "none");
  if (measure === "none" || level === "cluster") return;
  const source = SOURCE[level];
  const fills = classes[asked.versus ? "net" : measure];
  for (const [code, value] of values(answer, asked)) {
    const people = peopleOf(code);
    if (people === null) continue;
    const fill = colourOf((value / people) * 1000, fills);
    map.setFeatureState({ source, sourceLayer: source, id: code }, { fill });
  }
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
    map.setFilter(`${source}-${kind}`, ["==", ["id"], here && code !== null ? code : -1]);
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

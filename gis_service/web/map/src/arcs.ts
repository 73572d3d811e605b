/** Flow lines: gentle curves that always bend to the left of their way, so that
 * the two directions between a pair lie beside each other. */

import type { Edge, Node } from "./answer";

/** How far the curve's control point lies off the straight line, as its share. */
const BEND = 0.18;

/** On the map's plane (spherical Mercator): x east and y south, the world being 1. */
export type Point = readonly [number, number];

/** An edge as a quadratic curve; it stays one however the plane is scaled. */
export interface Arc {
  readonly edge: Edge;
  /** As seen from the chosen place, if any. */
  readonly way: "in" | "out" | "any";
  readonly from: Point;
  readonly control: Point;
  readonly to: Point;
}

/** Arcs of edges whose two ends are known, those of the fewest people first. */
export function arcs(
  edges: readonly Edge[],
  nodes: ReadonlyMap<number, Node>,
  unit: number | null,
): Arc[] {
  const found: Arc[] = [];
  for (const edge of edges) {
    const origin = nodes.get(edge.origin);
    const destination = nodes.get(edge.destination);
    const from = origin && placed(origin);
    const to = destination && placed(destination);
    // The rest of a state may lie on its only district.
    if (!from || !to || (from[0] === to[0] && from[1] === to[1])) continue;
    found.push({ edge, way: wayOf(edge, unit), from, control: bent(from, to), to });
  }
  return found.sort((a, b) => Math.abs(a.edge.n) - Math.abs(b.edge.n));
}

/** Where a unit is; null where it has no place. */
export function placed({ lon, lat }: Node): Point | null {
  return lon === null || lat === null ? null : plane(lon, lat);
}

export function plane(lon: number, lat: number): Point {
  const phi = (lat * Math.PI) / 180;
  return [lon / 360 + 0.5, 0.5 - Math.log(Math.tan(Math.PI / 4 + phi / 2)) / (2 * Math.PI)];
}

function wayOf(edge: Edge, unit: number | null): Arc["way"] {
  if (edge.destination === unit) return "in";
  return edge.origin === unit ? "out" : "any";
}

function bent([ax, ay]: Point, [bx, by]: Point): Point {
  return [(ax + bx) / 2 + (by - ay) * BEND, (ay + by) / 2 - (bx - ax) * BEND];
}

/** Flow lines: gentle curves that always bend to the left of their way, so that
 * the two directions between a pair lie beside each other. */

import type { Feature, FeatureCollection, LineString, Point } from "geojson";
import type { Edge, Node } from "./answer";

/** Points per curve: enough to look round at the width of a screen. */
const PIECES = 28;
/** How far the curve's control point lies off the straight line, as its share. */
const BEND = 0.18;

export interface FlowProperties {
  origin: number;
  destination: number;
  n: number;
  way: "in" | "out" | "any";
}

export type FlowLines = FeatureCollection<LineString, FlowProperties>;
export type FlowHeads = FeatureCollection<Point, FlowProperties & { bearing: number }>;

type Pair = [number, number];

/** Draws edges whose two ends are known; the way is seen from `unit`, if any. */
export function drawn(
  edges: readonly Edge[],
  nodes: ReadonlyMap<number, Node>,
  unit: number | null,
): { lines: FlowLines; heads: FlowHeads } {
  const lines: FlowLines = { type: "FeatureCollection", features: [] };
  const heads: FlowHeads = { type: "FeatureCollection", features: [] };
  for (const edge of edges) {
    const from = nodes.get(edge.origin);
    const to = nodes.get(edge.destination);
    if (!from || !to || from === to) continue;
    const properties = { ...edge, way: wayOf(edge, unit) };
    const curve = curved(plane(from.lon, from.lat), plane(to.lon, to.lat));
    lines.features.push(line(curve.map(sphere), properties));
    heads.features.push(head(curve, properties));
  }
  return { lines, heads };
}

function wayOf(edge: Edge, unit: number | null): FlowProperties["way"] {
  if (edge.destination === unit) return "in";
  return edge.origin === unit ? "out" : "any";
}

function line(coordinates: Pair[], properties: FlowProperties): Feature<LineString, FlowProperties> {
  return { type: "Feature", properties, geometry: { type: "LineString", coordinates } };
}

function head(
  curve: readonly Pair[],
  properties: FlowProperties,
): Feature<Point, FlowProperties & { bearing: number }> {
  const tip = curve.at(-1) ?? [0, 0];
  const before = curve.at(-3) ?? tip;
  const bearing = (Math.atan2(tip[0] - before[0], tip[1] - before[1]) * 180) / Math.PI;
  return {
    type: "Feature",
    properties: { ...properties, bearing },
    geometry: { type: "Point", coordinates: sphere(tip) },
  };
}

/** A quadratic curve in the map's own plane (spherical Mercator, radians). */
function curved(a: Pair, b: Pair): Pair[] {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const control: Pair = [(a[0] + b[0]) / 2 - dy * BEND, (a[1] + b[1]) / 2 + dx * BEND];
  return Array.from({ length: PIECES + 1 }, (_, i) => {
    const t = i / PIECES;
    const [p, q, r] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
    return [p * a[0] + q * control[0] + r * b[0], p * a[1] + q * control[1] + r * b[1]];
  });
}

function plane(lon: number, lat: number): Pair {
  const phi = (lat * Math.PI) / 180;
  return [(lon * Math.PI) / 180, Math.log(Math.tan(Math.PI / 4 + phi / 2))];
}

function sphere([x, y]: Pair): Pair {
  return [(x * 180) / Math.PI, (Math.atan(Math.sinh(y)) * 180) / Math.PI];
}

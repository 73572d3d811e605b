/** Clusters as points: how large each is drawn beside the largest. */

import type { FeatureCollection, Point } from "geojson";
import type { Node } from "./answer";

export interface CircleProperties {
  code: number;
  people: number;
  /** Of the radius, so that areas compare; 0 to 1. */
  size: number;
  /** Of a change: more, fewer; 0 where nothing is compared or changed. */
  sign: -1 | 0 | 1;
}

export function circles(
  nodes: readonly Node[],
  changes = false,
): FeatureCollection<Point, CircleProperties> {
  const of = (node: Node) => node.in + node.out + node.internal;
  const most = Math.max(1, ...nodes.map((node) => Math.abs(of(node))));
  const features = nodes
    .filter((node) => of(node) !== 0 && node.lon !== null && node.lat !== null)
    .map((node) => {
      const n = of(node);
      const sign = (changes ? Math.sign(n) : 0) as CircleProperties["sign"];
      const properties = { code: node.code, people: Math.abs(n), size: Math.sqrt(Math.abs(n) / most), sign };
      const geometry: Point = { type: "Point", coordinates: [node.lon, node.lat] };
      return { type: "Feature" as const, properties, geometry };
    });
  return { type: "FeatureCollection", features };
}

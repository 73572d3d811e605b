/** Clusters as points: how large each is drawn beside the largest. */

import type { Node } from "./answer";
import { placed, type Point } from "./arcs";

export interface Circle {
  readonly code: number;
  readonly at: Point;
  readonly people: number;
  /** Of the radius, so that areas compare; 0 to 1. */
  readonly size: number;
  /** Of a change: more, fewer; 0 where nothing is compared or changed. */
  readonly sign: -1 | 0 | 1;
}

/** Circles of those with people, the largest first. */
export function circles(nodes: readonly Node[], changes = false): Circle[] {
  const of = (node: Node) => node.in + node.out + node.internal;
  const most = Math.max(1, ...nodes.map((node) => Math.abs(of(node))));
  return nodes
    .flatMap((node) => {
      const at = placed(node);
      if (!at || of(node) === 0) return [];
      const n = of(node);
      const people = Math.abs(n);
      const sign = (changes ? Math.sign(n) : 0) as Circle["sign"];
      return [{ code: node.code, at, people, size: Math.sqrt(people / most), sign }];
    })
    .sort((a, b) => b.people - a.people);
}

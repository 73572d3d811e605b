/** Which places there are and what they are called, gathered from tiles and answers. */

import type { Map as LibreMap } from "maplibre-gl";
import { type Answer, type Level, type Node, type Place, REST, type UnitLevel } from "./answer";
import type { Named } from "./labels";

interface Tiled extends Place {
  lon?: number;
  lat?: number;
  population_2011?: number;
}

/** So that a state's name always comes before its districts'. */
const STATE_FIRST = 1e9;

export class Places {
  private readonly named: Record<UnitLevel, Map<number, Named>> = {
    state: new Map(),
    district: new Map(),
  };
  /** People of 2011, from the tiles; null where none are known. */
  private readonly people: Record<UnitLevel, Map<number, number>> = {
    state: new Map(),
    district: new Map(),
  };
  /** Places with a point, of the level last answered. */
  nodes: ReadonlyMap<number, Node> = new Map();

  /** Takes names and points from an answer. Returns whether there are new ones. */
  learn(answer: Answer, level: Level): boolean {
    // Clusters of another zoom are others; a unit stays where it is.
    const stays = this.level === level && level !== "cluster";
    const nodes = new Map(stays ? this.nodes : []);
    let news = false;
    for (const node of answer.nodes) {
      nodes.set(node.code, node);
      const { lon, lat } = node;
      // What is told of no district stands at its state, whose name is there already.
      if (lon === null || lat === null || node.code >= REST) continue;
      if (level === "cluster" || this.named[level].has(node.code)) continue;
      this.named[level].set(node.code, { ...node, lon, lat, level, weight: 0 });
      news = true;
    }
    this.level = level;
    this.nodes = nodes;
    return news;
  }

  /** Takes names and points of places from the tiles in view, where they have one. */
  learnTiles(map: LibreMap): boolean {
    let news = false;
    for (const level of ["state", "district"] as const) {
      const layer = `${level}s`;
      for (const feature of map.querySourceFeatures(layer, { sourceLayer: layer })) {
        const { population_2011: people, ...place } = feature.properties as Tiled;
        if (people && !this.people[level].has(place.code)) {
          this.people[level].set(place.code, people);
          news = true;
        }
        const { lon, lat } = place;
        if (lon === undefined || lat === undefined || this.named[level].has(place.code)) continue;
        this.named[level].set(place.code, { ...place, lon, lat, level, weight: 0 });
        news = true;
      }
    }
    return news;
  }

  peopleOf(level: Level, code: number): number | null {
    return level === "cluster" ? null : (this.people[level].get(code) ?? null);
  }

  find(level: Level, code: number): Place | null {
    if (level === "cluster") return this.nodes.get(code) ?? null;
    return this.named[level].get(code) ?? this.nodes.get(code) ?? null;
  }

  /** Every place with a name; the more people live there, the weightier. */
  *all(): Iterable<Named> {
    for (const level of ["state", "district"] as const) {
      const first = level === "state" ? STATE_FIRST : 0;
      for (const place of this.named[level].values()) {
        yield { ...place, weight: first + (this.peopleOf(level, place.code) ?? 0) };
      }
    }
  }

  private level: Level | null = null;
}

/** What the reader asks of the map, and the queries that it becomes. */

import type { Level, Period } from "./answer";
import { previous } from "./days";

export const LEVELS = ["state", "district", "cluster"] as const;
export const MODES = ["train", "bus"] as const;
export const CATEGORIES = ["labour", "student", "tourist", "pilgrim", "other"] as const;
/** Of a journey; none chosen means all but cancelled. */
export const STAGES = ["planned", "permitted", "departed", "arrived", "cancelled"] as const;
export const DIRECTIONS = ["both", "in", "out"] as const;
export const MEASURES = ["in", "out", "net", "none"] as const;
/** How arrows fall into classes: the layer's own, equal numbers, natural breaks. */
export const SCALES = ["fixed", "quantile", "jenks"] as const;

export type Stage = (typeof STAGES)[number];
export type Direction = (typeof DIRECTIONS)[number];
export type Measure = (typeof MEASURES)[number];
export type ScaleKind = (typeof SCALES)[number];

export interface Question {
  level: Level;
  from: string | null;
  to: string | null;
  mode: string;
  category: string;
  stages: readonly Stage[];
  unit: number | null;
  /** How many arrows at most, where the address says so. */
  arrows: number | null;
  direction: Direction;
  measure: Measure;
  scale: ScaleKind;
  /** The window whose classes are kept while others are looked at. */
  lock: Period | null;
  /** What the window is compared with: the days just before it, or a window. */
  versus: "previous" | Period | null;
}

/** The most arrows asked for; what is left out is disclosed in words. More of them
 * between all districts at once would be a carpet, not a picture. */
export const MOST_EDGES = 1000;
const MOST_BETWEEN_DISTRICTS = 300;
const MOST_WAYS = 5;

/** The window in days, where it is not all there are. */
export function periodOf({ from, to }: Question): Period | null {
  return from && to ? { from, to } : null;
}

/** The window that the asked one is compared with, if any. */
export function versusOf(asked: Question): Period | null {
  const { versus } = asked;
  if (versus !== "previous") return versus;
  const period = periodOf(asked);
  return period && previous(period);
}

/** The query of `/flows/{level}`; clusters are those of a whole zoom. */
export function queryOf(asked: Question, zoom: number): string {
  const crowded = asked.level !== "state" && !asked.unit;
  const parts = filters(asked);
  parts.set("k", String(asked.arrows ?? (crowded ? MOST_BETWEEN_DISTRICTS : MOST_EDGES)));
  const versus = versusOf(asked);
  if (versus) {
    parts.set("versus_from", versus.from);
    parts.set("versus_to", versus.to);
  }
  if (asked.unit) parts.set("direction", asked.direction);
  if (asked.level === "cluster") parts.set("zoom", String(zoom));
  return parts.toString();
}

/** The query of `/flows/days`: every day, by the same filters. */
export function daysQueryOf(asked: Question): string {
  const parts = filters({ ...asked, from: null, to: null });
  // Everybody of a day is the same number at every level.
  parts.set("level", asked.unit ? asked.level : "state");
  if (asked.unit) parts.set("direction", asked.direction);
  return parts.toString();
}

/** The query of `/layers/routes.geojson`, which knows no stages. */
export function wayQueryOf(asked: Question): string {
  const parts = filters({ ...asked, stages: [] });
  parts.set("k", String(MOST_WAYS));
  return parts.toString();
}

function filters(asked: Question): URLSearchParams {
  const parts = new URLSearchParams();
  if (asked.from) parts.set("from", asked.from);
  if (asked.to) parts.set("to", asked.to);
  if (asked.mode) parts.set("mode", asked.mode);
  if (asked.category) parts.set("category", asked.category);
  for (const stage of asked.stages) parts.append("stage", stage);
  if (asked.unit) parts.set("unit", String(asked.unit));
  return parts;
}

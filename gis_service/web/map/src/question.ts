/** What the reader asks of the map; kept in the address after `#`, never a token. */

import type { Level } from "./answer";

export const MODES = ["train", "bus"] as const;
export const CATEGORIES = ["labour", "student", "tourist", "pilgrim", "other"] as const;
export const DIRECTIONS = ["both", "in", "out"] as const;
export const MEASURES = ["in", "out", "net", "none"] as const;

export type Direction = (typeof DIRECTIONS)[number];
export type Measure = (typeof MEASURES)[number];

export interface Question {
  level: Level;
  from: string | null;
  to: string | null;
  mode: string;
  category: string;
  unit: number | null;
  direction: Direction;
  measure: Measure;
}

export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The most arrows asked for; what is left out is disclosed in words. More of them
 * between all districts at once would be a carpet, not a picture. */
const MOST_EDGES = 1000;
const MOST_BETWEEN_DISTRICTS = 300;
const MOST_WAYS = 5;

/** Reads a hash; what it does not know or is out of range takes its default. */
export function questionOf(hash: string): Question {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const unit = Number(given.get("unit"));
  return {
    level: given.get("level") === "district" ? "district" : "state",
    from: day(given.get("from")),
    to: day(given.get("to")),
    mode: oneOf(given.get("mode"), MODES, ""),
    category: oneOf(given.get("category"), CATEGORIES, ""),
    unit: Number.isInteger(unit) && unit > 0 ? unit : null,
    direction: oneOf(given.get("direction"), DIRECTIONS, "both"),
    measure: oneOf(given.get("colour"), MEASURES, "in"),
  };
}

export function viewOf(hash: string): View | null {
  const at = new URLSearchParams(hash.replace(/^#/, "")).get("at");
  const numbers = (at ?? "").split("/").map(Number);
  const [zoom, lat, lon] = numbers;
  if (zoom === undefined || lat === undefined || lon === undefined) return null;
  if (!numbers.every(Number.isFinite)) return null;
  return Math.abs(lat) <= 85 && Math.abs(lon) <= 180 ? { zoom, lat, lon } : null;
}

export function hashOf(asked: Question, view: View): string {
  const parts = new URLSearchParams({ level: asked.level });
  if (asked.from) parts.set("from", asked.from);
  if (asked.to) parts.set("to", asked.to);
  if (asked.mode) parts.set("mode", asked.mode);
  if (asked.category) parts.set("category", asked.category);
  if (asked.unit) parts.set("unit", String(asked.unit));
  if (asked.unit && asked.direction !== "both") parts.set("direction", asked.direction);
  if (asked.measure !== "in") parts.set("colour", asked.measure);
  const at = [view.zoom.toFixed(2), view.lat.toFixed(4), view.lon.toFixed(4)].join("/");
  return `#${parts}&at=${at}`;
}

/** The query of `/flows/{level}`. */
export function queryOf(asked: Question): string {
  const crowded = asked.level === "district" && !asked.unit;
  const parts = filters(asked, crowded ? MOST_BETWEEN_DISTRICTS : MOST_EDGES);
  if (asked.unit) parts.set("direction", asked.direction);
  return parts.toString();
}

/** The query of `/layers/routes.geojson`. */
export function wayQueryOf(asked: Question): string {
  return filters(asked, MOST_WAYS).toString();
}

function filters(asked: Question, most: number): URLSearchParams {
  const parts = new URLSearchParams({ k: String(most) });
  if (asked.from) parts.set("from", asked.from);
  if (asked.to) parts.set("to", asked.to);
  if (asked.mode) parts.set("mode", asked.mode);
  if (asked.category) parts.set("category", asked.category);
  if (asked.unit) parts.set("unit", String(asked.unit));
  return parts;
}

function day(text: string | null): string | null {
  return text && DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
}

function oneOf<T extends string, D extends string>(
  text: string | null,
  allowed: readonly T[],
  otherwise: D,
): T | D {
  return allowed.find((each) => each === text) ?? otherwise;
}

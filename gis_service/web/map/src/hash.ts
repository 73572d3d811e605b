/** The question and the view in the address after `#`; never a token. */

import type { Period } from "./answer";
import {
  CATEGORIES,
  DIRECTIONS,
  LEVELS,
  MEASURES,
  MODES,
  MOST_EDGES,
  type Question,
  SCALES,
  STAGES,
} from "./question";

export interface View {
  zoom: number;
  lat: number;
  lon: number;
}

const NAME = /^[a-z_]{1,40}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Reads a hash; what it does not know or is out of range takes its default. */
export function questionOf(hash: string): Question {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const level = oneOf(given.get("level"), LEVELS, "state");
  const unit = Number(given.get("unit"));
  const arrows = Number(given.get("arrows"));
  const stages = (given.get("stage") ?? "").split(",");
  const versus = given.get("versus");
  return {
    level,
    from: day(given.get("from")),
    to: day(given.get("to")),
    mode: oneOf(given.get("mode"), MODES, ""),
    category: oneOf(given.get("category"), CATEGORIES, ""),
    stages: STAGES.filter((stage) => stages.includes(stage)),
    unit: Number.isInteger(unit) && unit > 0 && level !== "cluster" ? unit : null,
    arrows: Number.isInteger(arrows) && arrows > 0 ? Math.min(arrows, MOST_EDGES) : null,
    direction: oneOf(given.get("direction"), DIRECTIONS, "both"),
    measure: oneOf(given.get("colour"), MEASURES, "in"),
    scale: oneOf(given.get("scale"), SCALES, "fixed"),
    lock: period(given.get("lock")),
    versus: versus === "previous" ? versus : period(versus),
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

/** The layer of another portal that is shown over the places. */
export function overlayOf(hash: string): string | null {
  const name = new URLSearchParams(hash.replace(/^#/, "")).get("overlay") ?? "";
  return NAME.test(name) ? name : null;
}

export function hashOf(asked: Question, view: View, overlay: string | null): string {
  const parts = new URLSearchParams({ level: asked.level });
  if (asked.from) parts.set("from", asked.from);
  if (asked.to) parts.set("to", asked.to);
  if (asked.mode) parts.set("mode", asked.mode);
  if (asked.category) parts.set("category", asked.category);
  if (asked.stages.length) parts.set("stage", asked.stages.join(","));
  if (asked.unit) parts.set("unit", String(asked.unit));
  if (asked.unit && asked.direction !== "both") parts.set("direction", asked.direction);
  if (asked.arrows) parts.set("arrows", String(asked.arrows));
  if (asked.measure !== "in") parts.set("colour", asked.measure);
  if (asked.scale !== "fixed") parts.set("scale", asked.scale);
  if (asked.lock && asked.scale !== "fixed") parts.set("lock", written(asked.lock));
  if (asked.versus === "previous") parts.set("versus", "previous");
  else if (asked.versus) parts.set("versus", written(asked.versus));
  if (overlay) parts.set("overlay", overlay);
  const at = [view.zoom.toFixed(2), view.lat.toFixed(4), view.lon.toFixed(4)].join("/");
  return `#${parts.toString().replaceAll("%2C", ",")}&at=${at}`;
}

function written({ from, to }: Period): string {
  return `${from},${to}`;
}

function period(text: string | null): Period | null {
  const [first, last] = (text ?? "").split(",");
  const from = day(first ?? null);
  const to = day(last ?? null);
  return from && to && from <= to ? { from, to } : null;
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

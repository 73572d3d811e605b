/** Asks the service. The browser's own cache sends `If-None-Match` for us. */

import type { Answer, Days, UnitLevel, Way } from "./answer";
import { sevenths } from "./days";
import type { Class } from "./classes";
import { daysQueryOf, queryOf, type Question, wayQueryOf } from "./question";

/** The service said no, in its own words (RFC 9457). */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
  ) {
    super(detail);
  }
}

/** A layer of another portal: whose it is, and how old. */
export interface Portal {
  name: string;
  title: string;
  title_hi: string;
  /** Its main field. */
  counts: string;
  source: string;
  licence: string;
  as_of: string | null;
  fetched_at: string;
  age_hours: number;
  refresh_hours: number;
  stale: boolean;
  failing_since: string | null;
  districts: number;
}

export interface Style {
  metadata: { "nmis:legend": readonly Class[] };
  layers: readonly { type: string; paint?: unknown }[];
}

export class Service {
  constructor(private readonly base: string) {}

  /** Flows between units of a level, or clusters of a whole zoom. Raises Refused, or
   * TypeError when offline. */
  flows(asked: Question, zoom: number, signal: AbortSignal): Promise<Answer> {
    return this.answer<Answer>(`/flows/${asked.level}?${queryOf(asked, zoom)}`, signal);
  }

  /** People per day by the same filters, or null where there are none. */
  async days(asked: Question, signal: AbortSignal): Promise<Days | null> {
    const query = daysQueryOf(asked);
    const days = await this.answer<Omit<Days, "first"> & { first: string | null }>(
      `/flows/days?${query}`,
      signal,
    );
    const weekly = days.first === null && Boolean(days.by_week?.first);
    const { first, people } = weekly && days.by_week ? sevenths(days.by_week) : days;
    return first !== null && people.length ? { ...days, first, people, weekly } : null;
  }

  /** The ways that most people take from or to a district. */
  async ways(asked: Question, signal: AbortSignal): Promise<Way[]> {
    const query = wayQueryOf(asked);
    const body = await this.answer<{ features: { properties: Way }[] }>(
      `/layers/routes.geojson?${query}`,
      signal,
    );
    return body.features.map((feature) => feature.properties);
  }

  /** Layers of other portals that the reader may see. */
  async portals(signal: AbortSignal): Promise<Portal[]> {
    return (await this.answer<{ portals: Portal[] }>("/portals", signal)).portals;
  }

  /** How a layer is drawn. */
  style(layer: string): Promise<Style> {
    return this.answer<Style>(`/styles/${layer}.json`, new AbortController().signal);
  }

  /** Its tiles; those of another fetch have another address. */
  tilesOf({ name, fetched_at }: Portal): string {
    const version = encodeURIComponent(fetched_at);
    return `${window.location.origin}${this.base}/tiles/${name}/{z}/{x}/{y}.mvt?v=${version}`;
  }

  /** The page of a way. */
  page(way: Way): string {
    return `${this.base}/maps/routes/${encodeURIComponent(way.route_id)}`;
  }

  tiles(level: UnitLevel): string {
    const layer = level === "state" ? "states" : "districts";
    return `${window.location.origin}${this.base}/tiles/${layer}/{z}/{x}/{y}.mvt`;
  }

  private async answer<T>(path: string, signal: AbortSignal): Promise<T> {
    const response = await fetch(this.base + path, {
      signal,
      credentials: "same-origin",
      headers: { Accept: "application/json" },
    });
    if (response.ok) return (await response.json()) as T;
    const problem = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    const detail = problem["detail"] ?? problem["title"] ?? response.statusText;
    throw new Refused(response.status, String(problem["code"] ?? ""), String(detail));
  }
}

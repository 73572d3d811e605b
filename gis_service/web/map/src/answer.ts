/** What `/flows/{level}` answers. Counts are journeys. */

/** Units that are drawn as areas, with names, and that one may choose. */
export type UnitLevel = "state" | "district";
export type Level = UnitLevel | "cluster";

export interface Place {
  code: number;
  name: string;
  name_hi: string | null;
  state_code: number;
}

export interface Node extends Place {
  /** Null where it has no place: what a release tells of no state. */
  lon: number | null;
  lat: number | null;
  in: number;
  out: number;
  internal: number;
}

export interface Edge {
  origin: number;
  destination: number;
  /** People; compared with another window, how many more (or, below zero, fewer). */
  n: number;
  /** People in the other window, where there is one. */
  before?: number;
  /** Of a release: at least and at most so many. */
  n_low?: number;
  n_high?: number;
}

/** One way that people take, from `/layers/routes.geojson`. */
export interface Way {
  route_id: string;
  mode: "train" | "bus";
  origin: number;
  destination: number;
  n: number;
}

/** Days, both inclusive. */
export interface Period {
  from: string;
  to: string;
}

export interface Answer {
  level: string;
  from: string | null;
  to: string | null;
  version: number | string;
  nodes: Node[];
  edges: Edge[];
  shown: number;
  total: number;
  internal: number;
  hidden: number;
  edges_total: number;
  /** With it every count is a difference: the window less this one. */
  versus?: Period;
  /** Of a release: numbers are rounded. */
  about?: boolean;
}

/** People per day, from `first` on; what `/flows/days` answers. */
export interface Days {
  first: string;
  version: number | string;
  people: readonly number[];
  about?: boolean;
  /** Of a release: what is told by the week only, from a Monday on. */
  by_week?: Weeks;
  /** Nothing is told by the day: `people` is a seventh of each week. */
  weekly?: boolean;
}

export interface Weeks {
  first: string | null;
  people: readonly number[];
}

/** What a release tells of no district of a state goes by this and the state's code. */
export const REST = 20_000;

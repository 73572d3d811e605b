/** What `/flows/{level}` answers. Counts are journeys. */

export type Level = "state" | "district";

export interface Place {
  code: number;
  name: string;
  name_hi: string | null;
  state_code: number;
}

export interface Node extends Place {
  lon: number;
  lat: number;
  in: number;
  out: number;
  internal: number;
}

export interface Edge {
  origin: number;
  destination: number;
  n: number;
}

/** One way that people take, from `/layers/routes.geojson`. */
export interface Way {
  route_id: string;
  mode: "train" | "bus";
  origin: number;
  destination: number;
  n: number;
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
}

/** Classes of volume, from the layers' own styles, so that every map and legend of the
 * service agrees. They do not move with the filter: two days can be compared by eye. */

export interface Class {
  above: number;
  colour: string;
  width: number;
  /** Weak flows are many: they recede, so that the strong ones carry the picture. */
  opacity: number;
}

export interface Classes {
  /** People per arrow. */
  flows: readonly Class[];
  /** People per 1,000 inhabitants. */
  in: readonly Class[];
  out: readonly Class[];
  /** Arriving less leaving, or after less before, per 1,000; of this map alone. */
  net: readonly Class[];
}

export const INBOUND = "#0b6a7d";
export const OUTBOUND = "#b4441c";
/** A place that nothing is known of, or that is not coloured. */
export const BLANK = "#fbfaf5";
export const SEA = "#d3dee5";

/** From few to many; blue and orange are told apart with any colour vision. */
export const MORE = ["#9cc3e2", "#74abd6", "#4d92c7", "#2f7ab5", "#17609d", "#0b4a86"] as const;
export const FEWER = ["#f0c39a", "#e8a76d", "#dd8a43", "#cb6d22", "#b0540f", "#933f05"] as const;

/** From more leaving, in warm, to more arriving, in blue. */
const NET: readonly Class[] = [
  { above: Number.NEGATIVE_INFINITY, colour: "#d98e5f" },
  { above: -1, colour: "#f0cfb4" },
  { above: -0.1, colour: "#f6f3ec" },
  { above: 0.1, colour: "#c9dcec" },
  { above: 1, colour: "#6fa5cd" },
].map((each) => ({ ...each, width: 1, opacity: 1 }));

const OPACITIES = [0.4, 0.6, 0.92];

/** Reads the classes that the page hands over. */
export function classesOf(json: string | null): Classes {
  const given = JSON.parse(json ?? "{}") as Partial<Classes>;
  const { flows, in: arriving, out } = given;
  if (!flows?.length || !arriving?.length || !out?.length) throw new Error("no classes given");
  const lines = flows.map((each, index) => ({ ...each, opacity: OPACITIES[index] ?? 0.92 }));
  return { flows: lines, in: arriving, out, net: NET };
}

export function colourOf(value: number, classes: readonly Class[]): string {
  return classes.findLast((each) => value >= each.above)?.colour ?? BLANK;
}

/** The shade of a ramp of six for one of so many classes. */
export function shade(ramp: readonly string[], index: number, count: number): string {
  return ramp[spread(index, count, ramp.length)] ?? BLANK;
}

/** Where one of `count` lies among `places`, ends on ends. */
export function spread(index: number, count: number, places: number): number {
  return count < 2 ? places - 1 : Math.round((index * (places - 1)) / (count - 1));
}

/** Classes of volume, from the layers' own styles, so that every map and legend of the
 * service agrees. They do not move with the filter: two days can be compared by eye. */

import type { ExpressionSpecification } from "maplibre-gl";

export interface Class {
  above: number;
  colour: string;
  width: number;
}

export interface Classes {
  /** People per arrow. */
  flows: readonly Class[];
  /** People per 1,000 inhabitants. */
  in: readonly Class[];
  out: readonly Class[];
  /** Arriving less leaving, per 1,000 inhabitants; of this map alone. */
  net: readonly Class[];
}

export const INBOUND = "#0b6a7d";
export const OUTBOUND = "#b4441c";
/** A place that nothing is known of, or that is not coloured. */
export const BLANK = "#fbfaf5";

/** From more leaving, in warm, to more arriving, in blue. */
const NET: readonly Class[] = [
  { above: Number.NEGATIVE_INFINITY, colour: "#d98e5f", width: 1 },
  { above: -1, colour: "#f0cfb4", width: 1 },
  { above: -0.1, colour: "#f6f3ec", width: 1 },
  { above: 0.1, colour: "#c9dcec", width: 1 },
  { above: 1, colour: "#6fa5cd", width: 1 },
];

/** Reads the classes that the page hands over. */
export function classesOf(json: string | null): Classes {
  const given = JSON.parse(json ?? "{}") as Partial<Classes>;
  const { flows, in: arriving, out } = given;
  if (!flows?.length || !arriving?.length || !out?.length) throw new Error("no classes given");
  return { flows, in: arriving, out, net: NET };
}

/** A MapLibre step expression over classes; the first class has no lower bound. */
export function stepped(
  value: ExpressionSpecification,
  classes: readonly Class[],
  output: (each: Class, index: number) => number | string,
): ExpressionSpecification {
  const steps = classes.flatMap((each, index) =>
    index === 0 ? [output(each, index)] : [each.above, output(each, index)],
  );
  return ["step", value, ...steps] as unknown as ExpressionSpecification;
}

export function colourOf(value: number, classes: readonly Class[]): string {
  return classes.findLast((each) => value >= each.above)?.colour ?? BLANK;
}

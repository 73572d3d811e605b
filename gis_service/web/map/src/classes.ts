/** Classes of volume. The arrows, their legend and the places share them, and they
 * do not move with the filter, so that two days can be compared by eye. */

import type { ExpressionSpecification } from "maplibre-gl";

export interface VolumeClass {
  least: number;
  width: number;
  colour: string;
}

/** From straw to wine: each step darker, so that it reads without colour too. */
export const VOLUMES: readonly VolumeClass[] = [
  { least: 1, width: 0.7, colour: "#d9a95b" },
  { least: 10, width: 1.3, colour: "#cf8440" },
  { least: 100, width: 2.2, colour: "#bb5a34" },
  { least: 500, width: 3.6, colour: "#9c3535" },
  { least: 2000, width: 5.6, colour: "#74203b" },
  { least: 10000, width: 8.5, colour: "#471134" },
];

export const INBOUND = "#0b6a7d";
export const OUTBOUND = "#b4441c";

/** Fills of places, weakest first; the first stands for "none". */
export const FILLS: readonly { least: number; colour: string }[] = [
  { least: 0, colour: "#fbfaf5" },
  { least: 1, colour: "#e6efec" },
  { least: 100, colour: "#cfe2de" },
  { least: 1000, colour: "#aed0cb" },
  { least: 10000, colour: "#86b8b3" },
];

/** Fills for arrivals less departures, from more leaving to more arriving. */
export const NET_FILLS: readonly { least: number; colour: string }[] = [
  { least: Number.NEGATIVE_INFINITY, colour: "#e8bfa4" },
  { least: -999, colour: "#f3dfd0" },
  { least: -9, colour: "#fbfaf5" },
  { least: 10, colour: "#d6e6e3" },
  { least: 1000, colour: "#a4ccc6" },
];

type Stepped = { least: number };

/** A MapLibre step expression over classes; the first class has no lower bound. */
export function stepped<T extends Stepped>(
  value: ExpressionSpecification,
  classes: readonly T[],
  output: (each: T) => number | string,
): ExpressionSpecification {
  const [first, ...rest] = classes;
  if (!first) throw new Error("no classes");
  const steps = rest.flatMap((each) => [each.least, output(each)]);
  return ["step", value, output(first), ...steps] as unknown as ExpressionSpecification;
}

/** The bounds of a class in whole people, upper bound null where open. */
export function bounds(classes: readonly Stepped[], index: number): [number, number | null] {
  const next = classes[index + 1];
  return [classes[index]?.least ?? 0, next ? next.least - 1 : null];
}

/** Where classes of people per arrow begin; every number is one a reader can say. */

import { ckmeans } from "simple-statistics";
import { type Class, spread } from "./classes";
import type { ScaleKind } from "./question";

const NICE = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The layer's own classes leave few arrows in the widest; of equal numbers each has as
 * many, which in full width would hide the map; all the more so, the more arrows. */
const SLIM = 0.7;
const FEW = 90;
const THINNEST = 0.8;
const FAINTEST = 0.35;

/** As many classes as `own` has, or fewer, in its colours and widths. */
export function classed(
  kind: ScaleKind,
  people: readonly number[],
  own: readonly Class[],
): readonly Class[] {
  if (kind === "fixed" || !people.length) return own;
  const sizes = people.map(Math.abs).filter((n) => n > 0).sort((a, b) => a - b);
  const found = kind === "quantile" ? quantiles(sizes, own.length) : natural(sizes, own.length);
  const starts = rounded(found);
  const room = Math.min(1, Math.sqrt(FEW / sizes.length));
  return starts.map((above, index) => {
    const like = own[spread(index, starts.length, own.length)] ?? own[0];
    const rank = starts.length < 2 ? 1 : index / (starts.length - 1);
    const { colour, width } = like as Class;
    const opacity = FAINTEST + (0.25 + 0.32 * room) * rank ** 2;
    return { above, colour, width: Math.max(THINNEST, width * SLIM * room), opacity };
  });
}

function quantiles(sorted: readonly number[], count: number): number[] {
  return Array.from(
    { length: count },
    (_, index) => sorted[Math.floor((index * sorted.length) / count)] ?? 1,
  );
}

/** Natural breaks (Jenks), by optimal k-means in one dimension. */
function natural(sorted: number[], count: number): number[] {
  const most = Math.min(count, new Set(sorted).size);
  return most ? ckmeans(sorted, most).map((cluster) => cluster[0] ?? 1) : [];
}

/** Rising numbers from 1, two that round to the same being one. */
function rounded(starts: readonly number[]): number[] {
  const kept = starts.slice(1).map(nice).filter((n) => n > 1);
  return [1, ...new Set(kept)].sort((a, b) => a - b);
}

function nice(n: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, n)));
  const digits = n / power;
  const near = NICE.reduce((best, each) =>
    Math.abs(each - digits) < Math.abs(best - digits) ? each : best,
  );
  return Math.round(near * power);
}

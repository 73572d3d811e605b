/** The states' names, from the ground of our maps, which everybody may see. */

import type { Named } from "./table-rows";

interface Ground {
  features: { id: number; properties: Named }[];
}

/** Returns names by LGD code; none where the service does not answer. */
export async function stateNames(base: string): Promise<ReadonlyMap<number, Named> | null> {
  const response = await fetch(`${base}/maps/background.geojson`).catch(() => null);
  if (!response?.ok) return null;
  const { features } = (await response.json()) as Ground;
  return new Map(features.map(({ id, properties }) => [id, properties]));
}

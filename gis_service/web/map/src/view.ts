/** From the map's plane to pixels of the screen: north is up, so it is a scale and a shift. */

import type { Map as LibreMap } from "maplibre-gl";
import type { Point } from "./arcs";

/** Pixels of the whole world at zoom 0. */
const WORLD_PX = 512;
/** The north-west corner of the plane. */
const CORNER: [number, number] = [-180, 85.0511287798066];

export interface View {
  readonly zoom: number;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly at: (point: Point) => Point;
}

export function viewOf(map: LibreMap): View {
  const zoom = map.getZoom();
  const { clientWidth: width, clientHeight: height } = map.getCanvas();
  const { x, y } = map.project(CORNER);
  const scale = WORLD_PX * 2 ** zoom;
  return { zoom, width, height, at: (point) => [x + point[0] * scale, y + point[1] * scale] };
}

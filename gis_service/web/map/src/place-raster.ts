/** Which place each pixel of the screen lies in, so that places are coloured anew in a
 * few milliseconds, without drawing their shapes again. */

import type { Position } from "geojson";
import type { MapGeoJSONFeature } from "maplibre-gl";
import { plane } from "./arcs";
import type { View } from "./view";

type Shape = Pick<MapGeoJSONFeature, "id" | "geometry">;

export class PlaceRaster {
  readonly width: number;
  readonly height: number;
  /** Row by row from above: 0 is no place, else one more than the place in `keys`. */
  readonly cells: Uint16Array;
  readonly keys: string[] = [];
  private readonly indexes = new Map<string, number>();

  constructor(
    private readonly view: View,
    private readonly ratio: number,
  ) {
    this.width = Math.round(view.width * ratio);
    this.height = Math.round(view.height * ratio);
    this.cells = new Uint16Array(this.width * this.height);
  }

  /** Adds places over those that are there; `keyOf` names the place of a shape. */
  add(shapes: readonly Shape[], keyOf: (shape: Shape) => string): void {
    for (const shape of shapes) {
      const { geometry } = shape;
      const index = this.indexOf(keyOf(shape));
      if (geometry.type === "Polygon") this.fill(geometry.coordinates, index);
      // Parts of one place may overlap where tiles meet, so each is filled by itself.
      else if (geometry.type === "MultiPolygon") for (const part of geometry.coordinates) this.fill(part, index);
    }
  }

  private indexOf(key: string): number {
    const known = this.indexes.get(key);
    if (known) return known;
    this.indexes.set(key, this.keys.push(key));
    return this.keys.length;
  }

  /** Fills between the places where the rings cross the middle of each row. */
  private fill(rings: readonly Position[][], index: number): void {
    const crossings: number[] = [];
    for (const ring of rings) {
      const points = ring.map(([lon, lat]) => this.view.at(plane(lon as number, lat as number)));
      points.forEach(([x, y], at) => {
        const [px, py] = points[at === 0 ? points.length - 1 : at - 1] as readonly [number, number];
        this.cross(crossings, [px, py, x, y].map((px) => px * this.ratio) as [number, number, number, number]);
      });
    }
    const sorted = Float64Array.from(crossings).sort();
    for (let at = 0; at + 1 < sorted.length; at += 2) {
      this.cells.fill(index, Math.round(sorted[at] as number), Math.round(sorted[at + 1] as number));
    }
  }

  /** Notes where an edge crosses the middles of rows, as a place in `cells`. */
  private cross(crossings: number[], [x0, y0, x1, y1]: [number, number, number, number]): void {
    const [top, bottom] = y0 < y1 ? [y0, y1] : [y1, y0];
    const first = Math.max(0, Math.ceil(top - 0.5));
    const end = Math.min(this.height, Math.ceil(bottom - 0.5));
    for (let row = first; row < end; row++) {
      const x = x0 + ((row + 0.5 - y0) / (y1 - y0)) * (x1 - x0);
      crossings.push(row * this.width + Math.max(0, Math.min(this.width, x)));
    }
  }
}

/** The colours of places. A map that stands still is coloured by pixels, in a few
 * milliseconds; while it moves, MapLibre draws the fills as it draws the rest. */

import type { Map as LibreMap } from "maplibre-gl";
import type { Level } from "./answer";
import { BLANK, SEA } from "./classes";
import { Layer } from "./layer";
import { PlaceRaster } from "./place-raster";
import { viewOf } from "./view";

const KINDS = ["districts", "states"] as const;

export class Fills {
  private readonly layer: Layer;
  private colours: ReadonlyMap<number, string> = new Map();
  private level: Level = "state";
  /** The places in view, while the map stands still. */
  private raster: PlaceRaster | null = null;
  private pixels: ImageData | null = null;
  /** Whether MapLibre has the colours too. */
  private handed = true;
  private held = false;

  constructor(private readonly map: LibreMap) {
    this.layer = new Layer(map, "fills");
    map.getCanvasContainer().prepend(this.layer.canvas);
    map.on("movestart", () => this.thaw());
    map.on("resize", () => this.thaw());
    map.on("idle", () => this.freeze());
  }

  /** Colours places by code; the others are blank. */
  show(level: Level, colours: ReadonlyMap<number, string>): void {
    const stays = level === this.level;
    this.level = level;
    this.colours = colours;
    this.handed = false;
    if (this.raster && stays) this.paint(this.raster);
    else this.thaw();
  }

  /** Leaves the fills to MapLibre, whose canvas is to be copied, until called again. */
  hold(): () => void {
    this.held = true;
    this.thaw();
    return () => {
      this.held = false;
      this.map.triggerRepaint();
    };
  }

  /** Lets MapLibre draw the fills, as it must while the map moves. */
  private thaw(): void {
    if (!this.handed) this.hand();
    if (!this.raster) return;
    this.raster = null;
    this.reveal(1);
  }

  /** Takes the fills over from MapLibre, whose picture of them stays until it is redrawn. */
  private freeze(): void {
    if (this.raster || this.held || !this.map.areTilesLoaded() || this.map.isMoving()) return;
    this.layer.fit();
    const raster = new PlaceRaster(viewOf(this.map), this.layer.ratio);
    for (const kind of this.level === "state" ? KINDS : KINDS.slice(0, 1)) {
      const shapes = this.map.querySourceFeatures(kind, { sourceLayer: kind });
      raster.add(shapes, ({ id }) => (this.isOf(kind) ? String(id) : ""));
    }
    this.raster = raster;
    this.paint(raster);
    this.reveal(0);
  }

  private paint(raster: PlaceRaster): void {
    const { context } = this.layer;
    const { cells, keys, width, height } = raster;
    if (this.pixels?.width !== width || this.pixels.height !== height) {
      this.pixels = new ImageData(width, height);
    }
    const tints = [SEA, ...keys.map((key) => this.colours.get(Number(key)) ?? BLANK)];
    const palette = Uint32Array.from(tints, pixel);
    const pixels = new Uint32Array(this.pixels.data.buffer);
    for (let cell = 0; cell < pixels.length; cell++) {
      pixels[cell] = palette[cells[cell] as number] as number;
    }
    context.putImageData(this.pixels, 0, 0);
  }

  /** Hands the colours to MapLibre, which draws them with its next picture. */
  private hand(): void {
    this.handed = true;
    for (const source of KINDS) {
      this.map.removeFeatureState({ source, sourceLayer: source });
      if (!this.isOf(source)) continue;
      for (const [id, fill] of this.colours) {
        this.map.setFeatureState({ source, sourceLayer: source, id }, { fill });
      }
    }
    const shown = this.level === "state" ? "visible" : "none";
    if (this.map.getLayoutProperty("states-fill", "visibility") !== shown) {
      this.map.setLayoutProperty("states-fill", "visibility", shown);
    }
  }

  private isOf(kind: (typeof KINDS)[number]): boolean {
    return kind === `${this.level}s`;
  }

  private reveal(opacity: number): void {
    this.map.setPaintProperty("sea", "background-opacity", opacity);
    for (const kind of KINDS) this.map.setPaintProperty(`${kind}-fill`, "fill-opacity", opacity);
  }
}

/** A colour `#rrggbb` as the four bytes of a pixel, the least first. */
function pixel(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  const bytes = Uint8Array.of(red ?? 0, green ?? 0, blue ?? 0, 255);
  return new Uint32Array(bytes.buffer)[0] as number;
}

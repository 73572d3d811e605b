/** A canvas as large as the map. It is drawn by the processor: where there is no graphics
 * card, a thousand arrows take 10 ms this way and 100 ms by WebGL. */

import type { Map as LibreMap } from "maplibre-gl";
import { el } from "./dom";

/** Finer than this nobody sees, and a phone has enough to do. */
const FINEST = 2;

export class Layer {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  /** Pixels of the canvas per CSS pixel. */
  ratio = 1;

  constructor(
    private readonly map: LibreMap,
    kind: string,
  ) {
    this.canvas = el("canvas", { class: `map-layer ${kind}`, "aria-hidden": "true" });
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("this browser gives no canvas");
    this.context = context;
    this.fit();
  }

  /** Takes the map's size; a canvas that changes size is empty. */
  fit(): void {
    const { clientWidth, clientHeight } = this.map.getCanvas();
    this.ratio = Math.min(FINEST, window.devicePixelRatio || 1);
    const [width, height] = [clientWidth, clientHeight].map((px) => Math.round(px * this.ratio));
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width as number;
    this.canvas.height = height as number;
    this.canvas.style.width = `${clientWidth}px`;
    this.canvas.style.height = `${clientHeight}px`;
  }
}

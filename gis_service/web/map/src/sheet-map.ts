/** The map as a picture: what WebGL drew, and the names that lie over it as HTML. */

import type { Map as LibreMap } from "maplibre-gl";
import type { Drawing } from "./drawing";
import type { Area, Pen } from "./sheet-pen";
import type { PictureSource } from "./table-source";

export interface Name {
  /** Middle of the name, in CSS pixels from the map's corner. */
  x: number;
  lines: readonly { text: string; y: number; size: number; weight: number; colour: string }[];
}

export interface MapPicture {
  image: HTMLCanvasElement;
  /** Size on the page, in CSS pixels. */
  width: number;
  height: number;
  names: readonly Name[];
  /** Metres on the ground per CSS pixel, at the middle of the map. */
  metres: number;
}

/** A map that plays on is never idle: after this long it is taken as it is. */
const PATIENCE_MS = 3_000;

/** Takes the map as shown with `ratio` pixels per CSS pixel, then lets it go on. */
export async function mapPicture({ map, page, drawing }: PictureSource, ratio: number): Promise<MapPicture> {
  const release = drawing.hold();
  const finer = Math.abs(map.getPixelRatio() - ratio) > 0.01;
  if (finer) map.setPixelRatio(ratio);
  try {
    await settled(map);
    return await frame(map, page, drawing);
  } finally {
    // MapLibre's own word for "follow the screen again", which its types leave out.
    if (finer) map.setPixelRatio(null as unknown as number);
    release();
  }
}

function settled(map: LibreMap): Promise<void> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(resolve, PATIENCE_MS);
    map.once("idle", () => {
      window.clearTimeout(timer);
      resolve();
    });
    map.triggerRepaint();
  });
}

/** WebGL forgets a frame once it is on the screen, so it is copied while being drawn. */
function frame(map: LibreMap, page: HTMLElement, drawing: Drawing): Promise<MapPicture> {
  return new Promise((resolve) => {
    map.once("render", () => {
      const { width, height } = map.getContainer().getBoundingClientRect();
      const image = copied(map.getCanvas(), drawing, width);
      resolve({ image, width, height, names: names(page, map), metres: metres(map) });
    });
    map.triggerRepaint();
  });
}

/** What MapLibre drew, with the arrows over it. */
function copied(canvas: HTMLCanvasElement, { flows }: Drawing, width: number): HTMLCanvasElement {
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  const pen = copy.getContext("2d");
  pen?.drawImage(canvas, 0, 0);
  if (pen) flows.drawOn(pen, canvas.width / width);
  return copy;
}

/** Ground length at the middle's latitude; Mercator stretches it elsewhere. */
function metres(map: LibreMap): number {
  const { x, y } = map.project(map.getCenter());
  const span = 100;
  const [west, east] = [map.unproject([x - span / 2, y]), map.unproject([x + span / 2, y])];
  return west.distanceTo(east) / span;
}

function names(page: HTMLElement, map: LibreMap): Name[] {
  const corner = map.getContainer().getBoundingClientRect();
  return [...page.querySelectorAll<HTMLElement>(".labels .label")]
    .filter((label) => !label.hidden && label.offsetWidth > 0)
    .map((label) => {
      const box = label.getBoundingClientRect();
      const first = line(label, label.firstChild?.textContent ?? "", box.top - corner.top);
      const second = label.querySelector("span");
      const lines = second
        ? [first, line(second, second.textContent ?? "", second.getBoundingClientRect().top - corner.top)]
        : [first];
      return { x: box.left - corner.left + box.width / 2, lines };
    });
}

function line(element: HTMLElement, text: string, top: number): Name["lines"][number] {
  const set = getComputedStyle(element);
  const size = Number.parseFloat(set.fontSize);
  const leading = Number.parseFloat(set.lineHeight) || size * 1.2;
  // The baseline lies about four fifths down the letters, which are centred in the line.
  const y = top + (leading - size) / 2 + size * 0.82;
  return { text, y, size, weight: Number(set.fontWeight) || 400, colour: set.color };
}

/** Puts a map with its names into an area of the same shape. */
export function drawMap(pen: Pen, { image, width, names: over }: MapPicture, area: Area): void {
  const times = area.width / width;
  pen.within(area, () => {
    pen.picture(image, area);
    for (const { x, lines } of over) {
      for (const { text, y, size, weight, colour } of lines) {
        pen.text(text, area.x + x * times, area.y + y * times, {
          size: size * times,
          weight,
          colour,
          align: "center",
          halo: 3.2 * times,
        });
      }
    }
  });
  pen.box(area, { line: "#93a3ae" });
}

/** Names of places as HTML over the map: the browser shapes Devanagari, MapLibre's
 * glyphs do not. Names that would cover a weightier one are left out. */

import type { Map as LibreMap } from "maplibre-gl";
import type { Place, UnitLevel } from "./answer";
import { el } from "./dom";
import type { Words } from "./words";

export interface Named extends Place {
  level: UnitLevel;
  lon: number;
  lat: number;
  weight: number;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** District names from here on; before, they would be a carpet. */
const DISTRICTS_FROM_ZOOM = 6;
/** The second language from here on, where there is room for two lines. */
const BOTH_FROM_ZOOM = 3.7;
const GAP_PX = 4;
const LIFT_PX = 3;
const MOST = 160;

export class Labels {
  private readonly layer = el("div", { class: "labels", "aria-hidden": "true" });
  private readonly made = new Map<string, { element: HTMLElement; width: number; height: number }>();
  private places: Named[] = [];
  private pending = false;

  constructor(
    private readonly map: LibreMap,
    private readonly words: Words,
  ) {
    map.getCanvasContainer().append(this.layer);
    map.on("move", () => this.soon());
    map.on("resize", () => this.soon());
  }

  show(places: Iterable<Named>): void {
    this.places = [...places].sort((a, b) => b.weight - a.weight || a.code - b.code);
    this.soon();
  }

  private soon(): void {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      this.place();
    });
  }

  private place(): void {
    const zoom = this.map.getZoom();
    this.layer.classList.toggle("both", zoom >= BOTH_FROM_ZOOM);
    const { clientWidth, clientHeight } = this.map.getCanvas();
    const taken: Box[] = [];
    const kept = new Set<string>();
    for (const place of this.places) {
      if (place.level === "district" && zoom < DISTRICTS_FROM_ZOOM) continue;
      const { x, y } = this.map.project([place.lon, place.lat]);
      if (x < 0 || y < 0 || x > clientWidth || y > clientHeight) continue;
      const key = this.keyOf(place, zoom);
      const label = this.labelOf(key, place);
      const box = onto(above(x, y, label.width, label.height), clientWidth);
      if (kept.size >= MOST || taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      kept.add(key);
      label.element.style.transform = `translate(${Math.round(box.left)}px, ${Math.round(box.top)}px)`;
    }
    for (const [key, { element }] of this.made) element.hidden = !kept.has(key);
  }

  private keyOf(place: Named, zoom: number): string {
    return `${place.level}${place.code}${zoom >= BOTH_FROM_ZOOM ? "+" : ""}`;
  }

  private labelOf(key: string, place: Named): { element: HTMLElement; width: number; height: number } {
    const known = this.made.get(key);
    if (known) return known;
    const element = el("div", { class: `label ${place.level}` }, this.words.name(place));
    const other = this.words.otherName(place);
    if (other && key.endsWith("+")) {
      element.append(el("span", { lang: this.words.language === "hi" ? "en" : "hi" }, other));
    }
    this.layer.append(element);
    const made = { element, width: element.offsetWidth, height: element.offsetHeight };
    this.made.set(key, made);
    return made;
  }
}

/** A little above the point, where the arrows' heads are. */
function above(x: number, y: number, width: number, height: number): Box {
  const bottom = y - LIFT_PX;
  return { left: x - width / 2, top: bottom - height, right: x + width / 2, bottom };
}

/** Moved sideways until it is on the map, so that no name is cut at the edge. */
function onto(box: Box, width: number): Box {
  const over = Math.max(0, box.right + GAP_PX - width);
  const under = Math.max(0, GAP_PX - box.left);
  const shift = under || -over;
  return { ...box, left: box.left + shift, right: box.right + shift };
}

function overlap(a: Box, b: Box): boolean {
  return (
    a.left < b.right + GAP_PX &&
    b.left < a.right + GAP_PX &&
    a.top < b.bottom + GAP_PX &&
    b.top < a.bottom + GAP_PX
  );
}

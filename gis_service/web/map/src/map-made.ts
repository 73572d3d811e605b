/** The MapLibre map of the page: India, from above, north up. */

import { Map as LibreMap, NavigationControl, ScaleControl } from "maplibre-gl";
import { style } from "./background";
import type { View } from "./hash";
import type { Service } from "./service";

/** India with its islands, as the Survey of India draws it. */
const INDIA: [[number, number], [number, number]] = [
  [68.1, 6.6],
  [97.5, 37.1],
];
const AROUND: [[number, number], [number, number]] = [
  [48, -6],
  [118, 46],
];

export function mapMade(
  container: HTMLElement,
  { service, view, title }: { service: Service; view: View | null; title: string },
): LibreMap {
  const map = new LibreMap({
    container,
    style: style(service),
    attributionControl: false,
    maxBounds: AROUND,
    minZoom: 2.5,
    maxZoom: 12,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    renderWorldCopies: false,
    locale: { "Map.Title": title },
    ...(view
      ? { center: [view.lon, view.lat], zoom: view.zoom }
      : { bounds: INDIA, fitBoundsOptions: { padding: 24 } }),
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
  return map;
}

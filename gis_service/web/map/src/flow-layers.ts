/** How arrows and clusters look, for any classes; a change is coloured by its sign. */

import type {
  CircleLayerSpecification,
  ExpressionSpecification,
  LayerSpecification,
  Map as LibreMap,
} from "maplibre-gl";
import { type Class, FEWER, INBOUND, MORE, OUTBOUND, shade, stepped } from "./classes";

/** How many people, or how many more or fewer. */
const PEOPLE: ExpressionSpecification = ["abs", ["get", "n"]];
/** Flows this opaque stand out, with a light rim. */
const STRONG = 0.9;

/** Groups of districts: as large as the people who come, go and stay. */
export const CIRCLES: CircleLayerSpecification = {
  id: "clusters-circle",
  type: "circle",
  source: "clusters",
  layout: { "circle-sort-key": ["-", 0, ["get", "people"]] },
  paint: {
    "circle-radius": ["+", 2.5, ["*", 17, ["get", "size"]]],
    "circle-color": ["match", ["get", "sign"], 1, "#74abd6", -1, "#e8a76d", "#7fb0c4"],
    "circle-opacity": 0.75,
    "circle-stroke-color": "#12506b",
    "circle-stroke-width": 1,
  },
};

/** Lines by class of volume, by direction where a place is chosen, or by change. */
function colour(classes: readonly Class[], changes: boolean): ExpressionSpecification {
  const byRamp = (ramp: readonly string[]) =>
    stepped(PEOPLE, classes, (_, index) => shade(ramp, index, classes.length));
  if (changes) return ["case", ["<", ["get", "n"], 0], byRamp(FEWER), byRamp(MORE)];
  const byVolume = stepped(PEOPLE, classes, (each) => each.colour);
  return ["match", ["get", "way"], "in", INBOUND, "out", OUTBOUND, byVolume];
}

/** A size that grows with the class of volume and, gently, with the zoom. */
function grown(
  classes: readonly Class[],
  far: (each: Class) => number,
  near: (each: Class) => number,
): ExpressionSpecification {
  const at = (size: (each: Class) => number) => stepped(PEOPLE, classes, size);
  return ["interpolate", ["linear"], ["zoom"], 3, at(far), 7, at(near)];
}

export function flowLayers(classes: readonly Class[], changes = false): LayerSpecification[] {
  const tint = colour(classes, changes);
  const opacity = stepped(PEOPLE, classes, (each) => each.opacity);
  const strong = classes.find((each) => each.opacity >= STRONG)?.above ?? Number.MAX_VALUE;
  return [
    {
      id: "flows-casing",
      type: "line",
      source: "flows",
      filter: [">=", PEOPLE, strong],
      layout: { "line-cap": "round", "line-sort-key": PEOPLE },
      paint: {
        "line-color": "#fffdf7",
        "line-opacity": 0.55,
        "line-width": grown(
          classes,
          (each) => each.width * 0.7 + 1.4,
          (each) => each.width * 1.2 + 2,
        ),
      },
    },
    {
      id: "flows-line",
      type: "line",
      source: "flows",
      layout: { "line-cap": "round", "line-sort-key": PEOPLE },
      paint: {
        "line-color": tint,
        "line-opacity": opacity,
        "line-width": grown(
          classes,
          (each) => each.width * 0.65,
          (each) => each.width * 1.2,
        ),
      },
    },
    {
      id: "flows-head",
      type: "symbol",
      source: "heads",
      layout: {
        "icon-image": "arrow-head",
        "icon-anchor": "top",
        "icon-rotate": ["get", "bearing"],
        "icon-rotation-alignment": "map",
        "icon-allow-overlap": true,
        "icon-ignore-placement": true,
        "symbol-sort-key": PEOPLE,
        "icon-size": grown(
          classes,
          (each) => 0.07 + each.width * 0.062,
          (each) => 0.16 + each.width * 0.09,
        ),
      },
      paint: { "icon-color": tint, "icon-opacity": opacity },
    },
  ];
}

/** Gives the layers of arrows other classes. */
export function restyle(map: LibreMap, classes: readonly Class[], changes: boolean): void {
  for (const layer of flowLayers(classes, changes)) {
    for (const [name, value] of Object.entries(layer.paint ?? {})) {
      map.setPaintProperty(layer.id, name as never, value as never);
    }
    if ("filter" in layer) map.setFilter(layer.id, layer.filter as never);
    if (layer.id === "flows-head") {
      map.setLayoutProperty(layer.id, "icon-size", layer.layout?.["icon-size" as never] as never);
    }
  }
}

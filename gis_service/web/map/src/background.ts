/** The map's style: our own boundaries, nothing from elsewhere, no glyphs. */

import type { ExpressionSpecification, StyleSpecification } from "maplibre-gl";
import { BLANK, type Class, INBOUND, OUTBOUND, stepped } from "./classes";
import type { Service } from "./service";

const EMPTY = { type: "FeatureCollection" as const, features: [] };
const PEOPLE: ExpressionSpecification = ["get", "n"];
/** Flows of this many people and more stand out. */
const STRONG = 100;
/** Beyond this zoom the deepest stored shapes are drawn larger. */
const DEEPEST_TILES = 10;
const PAINTED: ExpressionSpecification = ["coalesce", ["feature-state", "fill"], BLANK];

/** Lines by class of volume, or by direction where a place is chosen. */
function flowColour(classes: readonly Class[]): ExpressionSpecification {
  const byVolume = stepped(PEOPLE, classes, (each) => each.colour);
  return ["match", ["get", "way"], "in", INBOUND, "out", OUTBOUND, byVolume];
}

/** Weak flows are many: they recede, so that the strong ones carry the picture. */
function opacity(each: Class): number {
  if (each.above >= STRONG) return 0.92;
  return each.above >= 10 ? 0.6 : 0.4;
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

export function style(service: Service, flows: readonly Class[]): StyleSpecification {
  const colour = flowColour(flows);
  const tiles = (level: "state" | "district") => ({
    type: "vector" as const,
    tiles: [service.tiles(level)],
    maxzoom: DEEPEST_TILES,
  });
  return {
    version: 8,
    sources: {
      states: tiles("state"),
      districts: tiles("district"),
      flows: { type: "geojson", data: EMPTY },
      heads: { type: "geojson", data: EMPTY },
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": "#d3dee5" } },
      {
        id: "districts-fill",
        type: "fill",
        source: "districts",
        "source-layer": "districts",
        paint: { "fill-color": PAINTED, "fill-antialias": false },
      },
      {
        id: "states-fill",
        type: "fill",
        source: "states",
        "source-layer": "states",
        paint: { "fill-color": PAINTED, "fill-antialias": false },
      },
      {
        id: "districts-line",
        type: "line",
        source: "districts",
        "source-layer": "districts",
        paint: {
          "line-color": "#93a3ae",
          "line-width": ["interpolate", ["linear"], ["zoom"], 3, 0.15, 6, 0.5, 9, 1],
          "line-opacity": ["interpolate", ["linear"], ["zoom"], 3, 0.45, 6, 0.9],
        },
      },
      {
        id: "states-line",
        type: "line",
        source: "states",
        "source-layer": "states",
        layout: { "line-join": "round" },
        paint: {
          "line-color": "#5d6f7c",
          "line-width": ["interpolate", ["linear"], ["zoom"], 3, 0.6, 6, 1.3, 9, 2.2],
        },
      },
      ...outlines(),
      {
        id: "flows-casing",
        type: "line",
        source: "flows",
        filter: [">=", PEOPLE, STRONG],
        layout: { "line-cap": "round", "line-sort-key": PEOPLE },
        paint: {
          "line-color": "#fffdf7",
          "line-opacity": 0.55,
          "line-width": grown(
            flows,
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
          "line-color": colour,
          "line-opacity": stepped(PEOPLE, flows, opacity),
          "line-width": grown(
            flows,
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
            flows,
            (each) => 0.07 + each.width * 0.062,
            (each) => 0.16 + each.width * 0.09,
          ),
        },
        paint: { "icon-color": colour, "icon-opacity": stepped(PEOPLE, flows, opacity) },
      },
    ],
  };
}

function outlines(): StyleSpecification["layers"] {
  return (["hovered", "selected"] as const).flatMap((kind) =>
    (["districts", "states"] as const).map((layer) => ({
      id: `${layer}-${kind}`,
      type: "line" as const,
      source: layer,
      "source-layer": layer,
      filter: ["==", ["id"], -1] as ExpressionSpecification,
      layout: { "line-join": "round" as const },
      paint: {
        "line-color": "#14293d",
        "line-width": kind === "selected" ? 2.4 : 1.2,
      },
    })),
  );
}

/** A white arrow head that the map may colour (a mask; its tip is at the top). */
export function arrowHead(): ImageData {
  const size = 48;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  if (!pen) return new ImageData(size, size);
  pen.fillStyle = "#fff";
  pen.beginPath();
  pen.moveTo(size / 2, 0);
  pen.lineTo(size * 0.88, size * 0.86);
  pen.lineTo(size / 2, size * 0.66);
  pen.lineTo(size * 0.12, size * 0.86);
  pen.closePath();
  pen.fill();
  return pen.getImageData(0, 0, size, size);
}

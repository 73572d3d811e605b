/** The map's style: our own boundaries, nothing from elsewhere, no glyphs. */

import type { ExpressionSpecification, StyleSpecification } from "maplibre-gl";
import type { UnitLevel } from "./answer";
import { BLANK, type Class } from "./classes";
import { CIRCLES, flowLayers } from "./flow-layers";
import type { Service } from "./service";

const EMPTY = { type: "FeatureCollection" as const, features: [] };
/** Beyond this zoom the deepest stored shapes are drawn larger. */
const DEEPEST_TILES = 10;
const PAINTED: ExpressionSpecification = ["coalesce", ["feature-state", "fill"], BLANK];

export function style(service: Service, flows: readonly Class[]): StyleSpecification {
  const tiles = (level: UnitLevel) => ({
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
      clusters: { type: "geojson", data: EMPTY },
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
      CIRCLES,
      ...flowLayers(flows),
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

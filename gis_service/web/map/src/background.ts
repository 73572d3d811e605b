/** The map's style: our own boundaries, nothing from elsewhere, no glyphs. */

import type { ExpressionSpecification, StyleSpecification } from "maplibre-gl";
import type { UnitLevel } from "./answer";
import { BLANK, SEA } from "./classes";
import type { Service } from "./service";

/** Beyond this zoom the deepest stored shapes are drawn larger. */
const DEEPEST_TILES = 10;
const PAINTED: ExpressionSpecification = ["coalesce", ["feature-state", "fill"], BLANK];

export function style(service: Service): StyleSpecification {
  const tiles = (level: UnitLevel) => ({
    type: "vector" as const,
    tiles: [service.tiles(level)],
    maxzoom: DEEPEST_TILES,
  });
  return {
    version: 8,
    // Fills change hands between two canvases; nothing must show through meanwhile.
    transition: { duration: 0, delay: 0 },
    sources: {
      states: tiles("state"),
      districts: tiles("district"),
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": SEA } },
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

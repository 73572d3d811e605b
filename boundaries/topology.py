"""Read a polygon coverage back from quantised TopoJSON."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Coordinates = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Polygons that share their lines exactly (EPSG:4326), with their properties."""

    shapes: NDArray[np.object_]
    properties: tuple[dict[str, Any], ...]


def coverage(text: bytes) -> Coverage:
    """Return the only object of a TopoJSON text as multipolygons.

    Shared lines are decoded once, so that neighbours touch without gap or overlap.
    """
    topology = json.loads(text)
    (collection,) = topology["objects"].values()
    arcs = _arcs(topology)
    geometries = collection["geometries"]
    shapes = np.array([_multipolygon(each["arcs"], arcs) for each in geometries])
    return Coverage(shapes, tuple(each["properties"] for each in geometries))


def _arcs(topology: dict[str, Any]) -> list[Coordinates]:
    scale = np.array(topology["transform"]["scale"])
    move = np.array(topology["transform"]["translate"])
    return [np.cumsum(arc, axis=0) * scale + move for arc in topology["arcs"]]


def _multipolygon(parts: list[list[list[int]]], arcs: list[Coordinates]) -> Any:  # noqa: ANN401 - shapely publishes no types
    rings = [[_ring(ring, arcs) for ring in part] for part in parts]
    return shapely.multipolygons(
        [shapely.polygons(outer, holes or None) for outer, *holes in rings]
    )


def _ring(references: list[int], arcs: list[Coordinates]) -> Any:  # noqa: ANN401 - as above
    lines = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in references]
    joined = [lines[0], *(line[1:] for line in lines[1:])]
    return shapely.linearrings(np.concatenate(joined))

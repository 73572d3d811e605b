"""Write a polygon coverage as quantised TopoJSON: every shared line once."""

import json
import lzma
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely

Point = tuple[int, int]
Ring = list[Point]
Arc = tuple[Point, ...]


def write(
    path: Path,
    shapes: Sequence[shapely.Geometry],
    properties: Sequence[dict[str, Any]],
    *,
    step: float,
    name: str,
) -> None:
    """Write ``shapes`` (degrees, EPSG:4326) to an xz-compressed TopoJSON file.

    Args:
        path: where to write.
        shapes: polygons or multipolygons of one valid coverage.
        properties: one dictionary per shape.
        step: degrees per unit of the grid that coordinates are rounded to.
        name: the object's name inside the topology.
    """
    grids = [_grid(shape, step) for shape in shapes]
    junctions = _junctions(grids)
    arcs: dict[Arc, int] = {}
    geometries = [
        {
            "type": "MultiPolygon",
            "arcs": [[_references(r, junctions, arcs) for r in part] for part in grid],
            "properties": each,
        }
        for grid, each in zip(grids, properties, strict=True)
    ]
    topology = {
        "type": "Topology",
        "transform": {"scale": [step, step], "translate": [0.0, 0.0]},
        "objects": {name: {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": [_deltas(arc) for arc in arcs],
    }
    text = json.dumps(topology, separators=(",", ":"), ensure_ascii=False)
    path.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


def _grid(shape: shapely.Geometry, step: float) -> list[list[Ring]]:
    parts = shapely.get_parts(shapely.orient_polygons(shape))
    return [
        [_on_grid(ring, step) for ring in shapely.get_rings(part)] for part in parts
    ]


def _on_grid(ring: shapely.Geometry, step: float) -> Ring:
    cells = np.rint(shapely.get_coordinates(ring) / step).astype(int)
    moved = np.r_[True, (np.diff(cells, axis=0) != 0).any(axis=1)]
    return [(int(x), int(y)) for x, y in cells[moved]]


def _junctions(grids: list[list[list[Ring]]]) -> set[Point]:
    """Points where more or fewer than two different lines meet."""
    beside: defaultdict[Point, set[Point]] = defaultdict(set)
    for ring in _rings(grids):
        for a, b in pairwise(ring):
            beside[a].add(b)
            beside[b].add(a)
    return {point for point, others in beside.items() if len(others) != 2}  # noqa: PLR2004 - a line passes through


def _rings(grids: list[list[list[Ring]]]) -> Iterator[Ring]:
    for grid in grids:
        for part in grid:
            yield from part


def _references(ring: Ring, junctions: set[Point], arcs: dict[Arc, int]) -> list[int]:
    """Return the ring as arc numbers (``~n`` for an arc run backwards)."""
    opened = ring[:-1]
    start = min(
        (i for i, point in enumerate(opened) if point in junctions),
        default=opened.index(min(opened)),
    )
    turned = [*opened[start:], *opened[: start + 1]]
    cuts = [i for i, point in enumerate(turned) if point in junctions]
    inner = [i for i in cuts if 0 < i < len(turned) - 1]
    ends = [0, *inner, len(turned) - 1]
    return [_number(tuple(turned[a : b + 1]), arcs) for a, b in pairwise(ends)]


def _number(arc: Arc, arcs: dict[Arc, int]) -> int:
    backwards = arc[::-1]
    if backwards in arcs:
        return ~arcs[backwards]
    return arcs.setdefault(arc, len(arcs))


def _deltas(arc: Arc) -> list[list[int]]:
    steps = np.diff(np.array(arc), axis=0, prepend=[(0, 0)])
    return [[int(dx), int(dy)] for dx, dy in steps]

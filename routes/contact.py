"""Which districts touch, over what length, and where one crosses (pure)."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from routes.earth import Floats, Points, km_between, line_km, summed_km

Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]

# Shapes that are no coverage (their borders do not share vertices) count as touching
# where they come this near; 0.002 degrees are about 200 m, a wide river or road.
NEAR_DEG = 0.002
# Two squares that meet at a corner run side by side for twice that.
CORNER_DEG = 3 * NEAR_DEG
# In a coverage few pairs come near without a shared border (bundled: 0.7 %, across
# straits and corners; they are left apart). More means that it is none.
NO_COVERAGE = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Contacts:
    """Pairs of places with a way between them, as aligned arrays.

    Attributes:
        a: index of the first place, always less than ``b``.
        b: index of the second place.
        border_km: length of the shared border, geodesic; 0 across water.
        km: length of inner point - crossing - inner point, geodesic.
        crossing: lon/lat where the way passes from one place to the other.
        by_sea: whether only ship or air goes there.
    """

    a: Ints
    b: Ints
    border_km: Floats
    km: Floats
    crossing: Points
    by_sea: NDArray[np.bool_]


def touching(shapes: Shapes, points: Points) -> Contacts:
    """Return the pairs of polygons that share a border (EPSG:4326).

    In a coverage two neighbours share every vertex of their border, so equal
    segments are looked for; that takes 0.2 s for 121,000 vertices.

    Args:
        shapes: polygons or multipolygons.
        points: an inner point (lon, lat) of each.
    """
    borders = _shared_segments(shapes)
    near = _near(shapes)
    if len(near.keys() - borders.keys()) > NO_COVERAGE * len(near):
        borders = _beside(shapes, [*near]) | borders
    return _contacts(borders, points)


def _segments(shapes: Shapes) -> tuple[Floats, Ints]:
    """Return ring segments as (n, 4), lesser end first, and the owner of each."""
    parts, part_owner = shapely.get_parts(shapes, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    inside = ring[1:] == ring[:-1]
    start, end = vertices[:-1][inside], vertices[1:][inside]
    after = (start[:, 0] > end[:, 0]) | (
        (start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1])
    )
    swap = after[:, None]
    segments = np.hstack([np.where(swap, end, start), np.where(swap, start, end)])
    return segments, part_owner[ring_part][ring[:-1][inside]]


def _shared_segments(shapes: Shapes) -> dict[tuple[int, int], shapely.Geometry]:
    segments, owner = _segments(shapes)
    order = np.lexsort(segments.T)
    segments, owner = segments[order], owner[order]
    twice = np.all(segments[1:] == segments[:-1], axis=1) & (owner[1:] != owner[:-1])
    pairs = np.sort(np.column_stack([owner[:-1][twice], owner[1:][twice]]), axis=1)
    return _lines_of_pairs(
        pairs, shapely.linestrings(segments[1:][twice].reshape(-1, 2, 2))
    )


def _lines_of_pairs(
    pairs: Ints, lines: Shapes
) -> dict[tuple[int, int], shapely.Geometry]:
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    unique, group = np.unique(pairs[order], axis=0, return_inverse=True)
    borders = shapely.multilinestrings(lines[order], indices=group.reshape(-1))
    return {
        (a, b): border for (a, b), border in zip(unique.tolist(), borders, strict=True)
    }


def _near(shapes: Shapes) -> dict[tuple[int, int], None]:
    tree = shapely.STRtree(shapes)
    a, b = tree.query(shapes, predicate="dwithin", distance=NEAR_DEG)
    first = a < b
    return dict.fromkeys(zip(a[first].tolist(), b[first].tolist(), strict=True))


def _beside(
    shapes: Shapes, pairs: list[tuple[int, int]]
) -> dict[tuple[int, int], shapely.Geometry]:
    """Return where outlines run side by side, whether or not they share vertices."""
    a, b = np.array(pairs).T
    outline = shapely.boundary(shapes)
    beside = shapely.intersection(outline[a], shapely.buffer(shapes[b], NEAR_DEG))
    lines = [shapely.multilinestrings(_lines_in(each)) for each in beside]
    return {
        pair: line
        for pair, line in zip(pairs, lines, strict=True)
        if shapely.length(line) > CORNER_DEG
    }


def _lines_in(shape: shapely.Geometry) -> Shapes:
    parts: Shapes = shapely.get_parts(shape)
    lines: Shapes = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
    return lines


def _contacts(
    borders: dict[tuple[int, int], shapely.Geometry], points: Points
) -> Contacts:
    pairs = np.array(sorted(borders), dtype=np.int64).reshape(-1, 2)
    lines = np.array([borders[a, b] for a, b in pairs.tolist()], dtype=object)
    a, b = pairs[:, 0], pairs[:, 1]
    crossing = _crossings(lines, points[a], points[b])
    return Contacts(
        a=a,
        b=b,
        border_km=_lengths(lines),
        km=km_between(points[a], crossing) + km_between(crossing, points[b]),
        crossing=crossing,
        by_sea=np.zeros(len(a), dtype=bool),
    )


def _crossings(borders: Shapes, start: Points, end: Points) -> Points:
    """Return the border point nearest to the straight line between two points."""
    straight = shapely.linestrings(np.stack([start, end], axis=1))
    nearest = shapely.shortest_line(borders, straight)
    points: Points = shapely.get_coordinates(shapely.get_point(nearest, 0))
    return points.reshape(-1, 2)


def _lengths(borders: Shapes) -> Floats:
    lines, border = shapely.get_parts(borders, return_index=True)
    vertices, line = shapely.get_coordinates(lines, return_index=True)
    km = line_km(vertices, line, lines=len(lines))
    return summed_km(border, km, groups=len(borders))

"""Which lines cross a tile, and how much of each the tile holds.

A line is never cut between two of its vertices: what a tile holds is a run of the
line's own vertices, so it meets what the next tile holds exactly. The run goes on to
about one tile beyond each side (``MARGIN``): that is as far as MapLibre holds
coordinates (signed 15 bits of a tile of 8,192), which clamps, and so bends, the rest.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.flow_tiles.lines import Lines
from layers.tile import BUFFER, EXTENT, Tile

Array = NDArray[Any]

# 2 * (EXTENT + MARGIN) stays below 2^14, with a little to spare.
MARGIN = EXTENT - BUFFER


@dataclass(frozen=True, slots=True)
class Pieces:
    """What one tile holds of the lines that cross it.

    Attributes:
        lines: which they are, rising.
        points: x, y of their vertices in the tile's own units (P x 2).
        owners: which of ``lines`` each vertex belongs to.
    """

    lines: Array
    points: Array
    owners: Array


def pieces(drawn: Lines, near: Array, *, tile: Tile) -> Pieces:
    """Return what a tile holds of lines on the grid of its zoom.

    Args:
        drawn: the lines of the zoom.
        near: which of them may cross the tile, rising.
        tile: the tile; a line in its buffer crosses it too.
    """
    points, owners = _vertices(drawn, near)
    points = points - np.array((tile.x, tile.y)) * EXTENT
    inside = np.flatnonzero(owners[1:] == owners[:-1])
    touching = inside[_touches(points[inside], points[inside + 1])]
    held = _held(points, owners, touching, count=near.size)
    lines, renumbered = np.unique(owners[held], return_inverse=True)
    return Pieces(near[lines], points[held], renumbered)


def _vertices(drawn: Lines, near: Array) -> tuple[Array, Array]:
    first, count = drawn.starts[near], drawn.starts[near + 1] - drawn.starts[near]
    owners = np.repeat(np.arange(near.size), count)
    begins = np.cumsum(count) - count
    at = np.arange(owners.size) - begins[owners] + first[owners]
    return drawn.points[at], owners


def _touches(a: Array, b: Array) -> Array:
    """Return which segments touch the tile with its buffer.

    By separating axes: the box's two, and the segment's normal.
    """
    half = EXTENT / 2 + BUFFER
    middle, reach = (a + b) / 2 - EXTENT / 2, np.abs(b - a) / 2
    beside = (np.abs(middle) > half + reach).any(axis=1)
    step = (b - a) / 2
    away = np.abs(step[:, 0] * middle[:, 1] - step[:, 1] * middle[:, 0])
    return np.asarray(~beside & (away <= half * reach.sum(axis=1)))


def _held(points: Array, owners: Array, touching: Array, *, count: int) -> Array:
    """Return the vertices that a tile holds: one run of each line that touches it.

    From the first segment that touches to the last, and on both ways to the margin.
    """
    none = owners.size
    first = _least(owners[touching], touching, count, none)[owners]
    last = _largest(owners[touching], touching + 1, count)[owners]
    at = np.arange(none)
    outside = (points < -MARGIN).any(axis=1) | (points > EXTENT + MARGIN).any(axis=1)
    before, after = outside & (at < first), outside & (at > last)
    begin = _largest(owners[before], at[before], count)[owners]
    end = _least(owners[after], at[after], count, none)[owners]
    return np.flatnonzero((last >= 0) & (at > begin) & (at < end))


def _least(owners: Array, places: Array, count: int, none: int) -> Array:
    found = np.full(count, none)
    np.minimum.at(found, owners, places)
    return found


def _largest(owners: Array, places: Array, count: int) -> Array:
    found = np.full(count, -1)
    np.maximum.at(found, owners, places)
    return found

"""Flow lines: great circles on a zoom's grid, the same in every tile of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.flow_tiles import grid
from layers.tile import EXTENT

Array = NDArray[Any]

# A tile is drawn on 512 pixels, so one is 8 units. A line is off by less than half
# of one; half of that is aimed at, for a circle does not bend evenly.
PIXEL = EXTENT // 512
SAGITTA = PIXEL / 4
# No longer segment: a tile ends at a vertex what leaves it, and no vertex that it
# needs may lie farther away than a renderer can hold (see pieces).
LONGEST = 3 * EXTENT // 4


@dataclass(frozen=True, slots=True)
class Lines:
    """Many lines in one array.

    Attributes:
        points: x, y of every vertex on the grid (int32, P x 2), line after line.
        starts: where each line begins in ``points``; one more at the end.
    """

    points: Array
    starts: Array

    @property
    def count(self) -> int:
        """How many lines there are."""
        return self.starts.size - 1


def lines(origins: Array, destinations: Array, *, zoom: int) -> Lines:
    """Return the great circles between points.

    Args:
        origins: unit vectors (L x 3) where lines begin; never where they end.
        destinations: unit vectors where they end.
        zoom: of the grid. Vertices grow with it, as long as a line's bow shows.
    """
    angle = _angles(origins, destinations)
    parts = _parts(origins, destinations, zoom)
    line = np.repeat(np.arange(parts.size), parts + 1)
    first = np.cumsum(parts + 1) - parts - 1
    at = (np.arange(line.size) - first[line]) / parts[line]
    swept = angle[line]
    ahead = (np.sin(at * swept) / np.sin(swept))[:, None]
    behind = (np.sin((1 - at) * swept) / np.sin(swept))[:, None]
    path = behind * origins[line] + ahead * destinations[line]
    points = grid.rounded(grid.units(path), zoom)
    return _without_repeats(points, line, parts.size)


def _angles(origins: Array, destinations: Array) -> Array:
    across = np.linalg.norm(np.cross(origins, destinations), axis=1)
    along = np.einsum("ij,ij->i", origins, destinations)
    return np.asarray(np.arctan2(across, along))


def _parts(origins: Array, destinations: Array, zoom: int) -> Array:
    """Return into how many segments each line is cut.

    The bow of a part is the bow of the whole, divided by the square of their number.
    """
    middle = origins + destinations
    middle = middle / np.linalg.norm(middle, axis=1, keepdims=True)
    ends = [grid.units(each) * grid.side(zoom) for each in (origins, destinations)]
    bow = np.linalg.norm(
        grid.units(middle) * grid.side(zoom) - (ends[0] + ends[1]) / 2, axis=1
    )
    length = np.linalg.norm(ends[1] - ends[0], axis=1)
    needed = np.maximum(np.sqrt(bow / SAGITTA), length / LONGEST)
    return np.asarray(np.maximum(np.ceil(needed), 1), dtype=np.int64)


def _without_repeats(points: Array, line: Array, count: int) -> Lines:
    fresh = np.ones(line.size, dtype=bool)
    fresh[1:] = (line[1:] != line[:-1]) | (points[1:] != points[:-1]).any(axis=1)
    points, line = points[fresh], line[fresh]
    return Lines(points, np.searchsorted(line, np.arange(count + 1)))

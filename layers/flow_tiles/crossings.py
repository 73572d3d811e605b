"""Which lines may cross which tile of a zoom."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.flow_tiles.lines import Lines
from layers.tile import BUFFER, EXTENT, Tile

Array = NDArray[Any]

COLUMN = 2**22  # more columns than any zoom has
LINE = 2**20  # more lines than any zoom draws


@dataclass(frozen=True, slots=True)
class Crossings:
    """Lines by tile; a line that only passes a tile's corner may be listed too.

    Attributes:
        tiles: the number of each tile, rising.
        lines: the lines of each tile, rising; aligned with ``tiles``.
    """

    tiles: Array
    lines: Array

    def of(self, tile: Tile) -> Array:
        """Return the lines that may cross a tile."""
        number = tile.y * COLUMN + tile.x
        return self.lines[slice(*np.searchsorted(self.tiles, (number, number + 1)))]


def crossings(drawn: Lines) -> Crossings:
    """Return which tiles, with their buffers, the boxes of lines' segments touch."""
    owners = np.repeat(np.arange(drawn.count), np.diff(drawn.starts))
    begin = np.flatnonzero(owners[1:] == owners[:-1])
    ends = drawn.points[begin], drawn.points[begin + 1]
    low = (np.minimum(*ends) - BUFFER) // EXTENT
    high = (np.maximum(*ends) + BUFFER) // EXTENT
    pairs = np.sort(np.concatenate([*_pairs(owners[begin], low, high)]))
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]
    return Crossings(pairs // LINE, (pairs % LINE).astype(np.int32))


def _pairs(owners: Array, low: Array, high: Array) -> Iterator[Array]:
    """Yield tile and line as one number, for each column and row of the boxes."""
    low, high = low.astype(np.int64), high.astype(np.int64)
    # A segment is shorter than a tile: its box lies in two columns, or rows, at most.
    wide, tall = (high - low).max(axis=0, initial=0)
    for right in range(wide + 1):
        for down in range(tall + 1):
            column, row = low[:, 0] + right, low[:, 1] + down
            inside = (column <= high[:, 0]) & (row <= high[:, 1])
            pairs = (row * COLUMN + column) * LINE + owners
            yield pairs[inside]

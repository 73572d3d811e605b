"""Which pairs are drawn at a zoom: the largest of each end's tile.

Every tile chooses K of the pairs that begin in it, and K of those that end in it. A
pair chosen by either is drawn in every tile that it crosses. K is as below, or as much
less as it takes for no tile to be crossed by more than ``FULL`` lines: a tile's size is
bounded whatever the flows are like.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.flow_tiles.crossings import Crossings

Array = NDArray[Any]

# At far zooms few tiles hold all ends, so each may choose more.
MANY, MANY_TO_ZOOM = 500, 5
FEW = 150
# A line takes up to 100 bytes of a tile, and a tile may take 200 kB.
FULL = 2_000
# Closer than this the same pairs are drawn: a closer tile lies in one of this zoom,
# and so holds no more lines. Chosen anew they would be more at each zoom, without end.
LAST_CHOICE = 8
# No more candidates than this, so that what a zoom keeps in memory is bounded.
CANDIDATES = 20_000


def limit(zoom: int) -> int:
    """Return the largest K of a zoom."""
    return MANY if zoom <= MANY_TO_ZOOM else FEW


def ranked(origins: Array, destinations: Array, people: Array) -> Array:
    """Return where the pairs stand, the largest first; ties by codes.

    A difference of two windows may be below zero; its size counts.
    """
    return np.lexsort((destinations, origins, -np.abs(people)))


def standing(start_tiles: Array, end_tiles: Array) -> Array:
    """Return each pair's better place, 0 the first, among those of either end's tile.

    It is drawn where K is larger.

    Args:
        start_tiles: the tile of each pair's origin, the largest pair first.
        end_tiles: the tile of each pair's destination.
    """
    return np.minimum(_place(start_tiles), _place(end_tiles))


def candidates(places: Array, *, zoom: int) -> Array:
    """Return which pairs are drawn if no tile gets too full."""
    most = limit(zoom)
    if places.size > CANDIDATES:
        most = min(most, np.partition(places, CANDIDATES)[CANDIDATES])
    return np.flatnonzero(places < most)


def fitting(places: Array, crossed: Crossings) -> Array:
    """Return which of the lines are drawn, so that no tile gets too full.

    Args:
        places: where the line's pair stands, as ``standing`` says.
        crossed: the tiles that each line crosses.
    """
    order = np.lexsort((places[crossed.lines], crossed.tiles))
    ranks = _place(crossed.tiles[order])
    beyond = places[crossed.lines[order[ranks == FULL]]]
    return np.flatnonzero(places < beyond.min(initial=MANY))


def _place(groups: Array) -> Array:
    """Return each element's place within its group, in the order given."""
    order = np.argsort(groups, kind="stable")
    grouped = groups[order]
    fresh = np.ones(groups.size, dtype=bool)
    fresh[1:] = grouped[1:] != grouped[:-1]
    begins = np.flatnonzero(fresh)
    counts = np.diff(begins, append=groups.size)
    place = np.empty(groups.size, dtype=np.int64)
    place[order] = np.arange(groups.size) - np.repeat(begins, counts)
    return place

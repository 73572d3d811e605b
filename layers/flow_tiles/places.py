"""Where the units of a question are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.flow_tiles import grid
from layers.nodes import Node

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Places:
    """Units that have a place; each array in their order.

    Attributes:
        codes: LGD codes, rising.
        vectors: points of the unit sphere (N x 3).
        names, names_hi: in English; in Hindi, or none.
    """

    codes: Array
    vectors: Array
    names: Array
    names_hi: Array

    def points(self, zoom: int) -> Array:
        """Return x, y of each unit on a zoom's grid (N x 2)."""
        return grid.rounded(grid.units(self.vectors), zoom)

    def tiles(self, zoom: int) -> Array:
        """Return the number of the tile that each unit lies in, at a zoom."""
        return grid.tiles(self.points(zoom))

    def at(self, codes: Array) -> Array:
        """Return where each code stands among the units; -1 where it does not."""
        if not self.codes.size:
            return np.full(codes.size, -1)
        place = np.searchsorted(self.codes, codes).clip(max=self.codes.size - 1)
        return np.where(self.codes[place] == codes, place, -1)


def placed(codes: Array, places: Mapping[int, Node]) -> tuple[Places, Array]:
    """Return the units that have a place, and which of the codes they are.

    Args:
        codes: LGD codes, rising.
        places: units by code; one may be missing, or have no point.
    """
    known = [places.get(code) for code in codes.tolist()]
    where = np.flatnonzero([bool(each and each.lon is not None) for each in known])
    there = [each for each in known if each and each.lon is not None]
    degrees = np.array([(each.lon, each.lat) for each in there], dtype=float)
    found = Places(
        codes=codes[where],
        vectors=grid.vectors(*degrees.reshape(-1, 2).T),
        names=np.array([each.name for each in there], dtype=object),
        names_hi=np.array([each.name_hi for each in there], dtype=object),
    )
    return found, where

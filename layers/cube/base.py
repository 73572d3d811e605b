"""The base of the cube: nodes, pairs, and their counts, as plain arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.cube.cells import CELLS, LIVE
from layers.cube.table import Table

Array = NDArray[Any]

CODES = 2**15  # codes are positive smallints
NODES = 2**15  # nodes are numbered by int16


@dataclass(frozen=True, slots=True)
class Base:
    """The cube at a version.

    A node is a district in a state (a district that changed its state is two). A
    lane is a pair of nodes in one cell.

    Attributes:
        version: of the flows.
        epoch: of which history.
        first_day: the day (since ``rows.EPOCH``) of index 0.
        code: int16[nodes], LGD codes of the districts.
        state: int16[nodes], LGD codes of their states; nodes go by state, then code.
        origin: int16[pairs], a node; pairs go by origin, then destination.
        destination: int16[pairs], a node.
        live: counts per pair of every stage but cancelled.
        lanes: counts per lane.
        lane_pair: int32[lanes], its pair; lanes go by cell, then pair.
        cell_start: int64[cells + 1], where each cell's lanes begin.
    """

    version: int
    epoch: int
    first_day: int
    code: Array
    state: Array
    origin: Array
    destination: Array
    live: Table
    lanes: Table
    lane_pair: Array
    cell_start: Array

    @property
    def pairs(self) -> int:
        """How many pairs there are."""
        return len(self.origin)

    def window(self, first: int, last: int, cells: Array | None) -> Array:
        """Return int32[pairs], the people from day to day, both inclusive.

        Args:
            first: day since ``rows.EPOCH``.
            last: the same.
            cells: bool[cells], which are asked; ``None`` for all that count.
        """
        first, last = first - self.first_day, last - self.first_day
        if cells is None:
            return self.live.window(first, last, lo=0, hi=self.pairs)
        rest = np.arange(CELLS) < LIVE
        if not (cells & ~rest).any() and self._size(rest & ~cells) < self._size(cells):
            # Quicker: all that count, less those that were not asked.
            counts = self.live.window(first, last, lo=0, hi=self.pairs)
            return counts - self._lanes(first, last, rest & ~cells)
        return self._lanes(first, last, cells)

    def _size(self, cells: Array) -> int:
        return int(np.diff(self.cell_start)[cells].sum())

    def _lanes(self, first: int, last: int, cells: Array) -> Array:
        counts = np.zeros(self.pairs, dtype=np.int32)
        for cell in np.flatnonzero(cells):
            lo, hi = int(self.cell_start[cell]), int(self.cell_start[cell + 1])
            if lo < hi:
                found = self.lanes.window(first, last, lo=lo, hi=hi)
                np.add.at(counts, self.lane_pair[lo:hi].astype(np.intp), found)
        return counts

    def counted(self, wanted: Array, cells: Array | None) -> tuple[Table, Array]:
        """Return a table, and bool[slots]: which slots of it are asked.

        Args:
            wanted: bool[pairs].
            cells: as of ``window``.
        """
        if cells is None:
            return self.live, wanted
        of_lane = np.repeat(cells, np.diff(self.cell_start))
        return self.lanes, of_lane & wanted[self.lane_pair]


def node_keys(state: Array, code: Array) -> Array:
    """Return int32, one number per district in a state, in the order of nodes."""
    return state.astype(np.int32) * CODES + code


def pair_keys(origin: Array, destination: Array) -> Array:
    """Return int64, one number per pair of nodes, in the order of pairs."""
    return origin.astype(np.int64) * NODES + destination


def base(
    found: Mapping[str, Array], *, version: int, epoch: int, first_day: int
) -> Base:
    """Return the base that arrays make up, whether mapped or in memory.

    Raises:
        KeyError: an array is missing.
    """
    return Base(
        version=version,
        epoch=epoch,
        first_day=first_day,
        code=found["code"],
        state=found["state"],
        origin=found["origin"],
        destination=found["destination"],
        live=_table(found, "live"),
        lanes=_table(found, "lanes"),
        lane_pair=found["lane_pair"],
        cell_start=found["cell_start"],
    )


def _table(found: Mapping[str, Array], kind: str) -> Table:
    columns = [field.name for field in fields(Table)]
    return Table(**{name: found[f"{kind}.{name}"] for name in columns})

"""The cube of a release: published atoms in the arrays of the exact flows.

What no district is told of stands at a node of its own: one for the rest of each state,
and one for what not even a state is told of. What is told by the week counts where the
window holds the whole week.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.cube.cells import CELLS, LIVE, chosen
from layers.cube.rows import EPOCH
from layers.cube.snapshot import Snapshot
from movements.flow import CATEGORIES, MODES, STAGES
from movements.release.levels import FLOWS

Array = NDArray[Any]

# The node of a state's rest has this and the LGD code; that of the country this alone.
REST = 20_000

# A level takes the place of a stage in a cell; categories are not told of flows.
LEVELS = tuple(level.name for level in FLOWS)
_BY_LEVEL = dict(zip(LEVELS, STAGES, strict=False))
CELLS_OF_LEVEL = len(CATEGORIES) * len(MODES)

WEEK = 7
# Days since ``EPOCH`` of the first Monday after it.
_MONDAY = (7 - EPOCH.weekday()) % WEEK


def _of(*levels: str) -> Array:
    stages = [_BY_LEVEL[level] for level in levels]
    found = chosen(modes=(), categories=(), stages=stages)
    return np.arange(CELLS) < LIVE if found is None else found


BY_MODE = _of("district")
BY_DAY = _of("district", "state_to_district")
BY_WEEK = _of("state", "country")


@dataclass(frozen=True, slots=True)
class Released(Snapshot):
    """The atoms of a release; ``cells`` of a question choose modes only.

    A mode is told of districts alone: where one is asked, coarser atoms are left out.
    """

    def window(self, first: int, last: int, cells: Array | None) -> Array:
        """Return int32[pairs] from day to day, and of the whole weeks between."""
        days = BY_DAY if cells is None else BY_MODE & cells
        counts = Snapshot.window(self, first, last, days)
        monday, end = next_monday(first), last - WEEK + 1
        if cells is None and monday <= end:
            counts = counts + Snapshot.window(self, monday, end, BY_WEEK)
        return counts

    def by_day(self, wanted: Array, cells: Array | None) -> tuple[int, Array]:
        """Return the first day and int64[days], of what is told by the day."""
        days = BY_DAY if cells is None else BY_MODE & cells
        return Snapshot.by_day(self, wanted, days)

    def by_week(self, wanted: Array) -> tuple[int, Array]:
        """Return a first day and int64[days] with, on Mondays, what a week is told."""
        return Snapshot.by_day(self, wanted, BY_WEEK)

    def extent(self, wanted: Array, cells: Array | None) -> tuple[int, int] | None:
        """Return the whole weeks in which any of the wanted travelled."""
        found = Snapshot.extent(
            self, wanted, None if cells is None else BY_MODE & cells
        )
        return None if found is None else _whole_weeks(*found)

    def span(self) -> tuple[int, int]:
        """Return the first and the last day of the release's weeks."""
        first, last = Snapshot.span(self)
        return (first, last) if first > last else _whole_weeks(first, last)


def next_monday(day: int) -> int:
    """Return the first Monday on or after a day; both since ``EPOCH``."""
    return day + (_MONDAY - day) % WEEK


def _whole_weeks(first: int, last: int) -> tuple[int, int]:
    return first - (first - _MONDAY) % WEEK, last + (_MONDAY - 1 - last) % WEEK

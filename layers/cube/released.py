"""The cube of a release: published atoms in the arrays of the exact flows.

What no district is told of stands at a node of its own: one for the rest of each state,
and one for what not even a state is told of. What is told by the week counts where the
window holds the whole week.
"""

from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Date, Select, case, cast, func, literal, select

from boundaries.recent import Recent
from layers.cube.base import base
from layers.cube.built import arrays
from layers.cube.cells import CELLS, LIVE, chosen
from layers.cube.rows import EPOCH, Rows
from layers.cube.snapshot import Snapshot, begun
from movements.flow import CATEGORIES, MODES, STAGES
from movements.release.levels import FLOWS
from movements.release.tables import FLOW_RELEASE, RELEASE, RELEASE_WEEK

Array = NDArray[Any]

# The node of a state's rest has this and the LGD code; that of the country this alone.
REST = 20_000

# A level takes the place of a stage in a cell; categories are not told of flows.
LEVELS = tuple(level.name for level in FLOWS)
_BY_LEVEL = dict(zip(LEVELS, STAGES, strict=False))
_CELL = len(CATEGORIES) * len(MODES)

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
        monday, end = _next_monday(first), last - WEEK + 1
        if cells is None and monday <= end:
            counts = counts + Snapshot.window(self, monday, end, BY_WEEK)
        return counts

    def by_day(self, wanted: Array, cells: Array | None) -> tuple[int, Array]:
        """Return the first day and int64[days], of what is told by the day."""
        days = BY_DAY if cells is None else BY_MODE & cells
        return Snapshot.by_day(self, wanted, days)

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


@dataclass(frozen=True, slots=True)
class Release:
    """A published release.

    Attributes:
        number: which.
        people: about how many journeys.
        atoms: the same pairs and days, how many atoms each number is the sum of.
    """

    number: int
    people: Released
    atoms: Released


@dataclass(frozen=True, slots=True)
class Releases:
    """The newest release, read once; it never changes."""

    _kept: Recent[Release | None]

    def at(self, db: Connection, version: int) -> Release | None:
        """Return the newest published release; ``None`` where there is none.

        Args:
            db: a connection that may read releases.
            version: of the subject ``release``.
        """
        return self._kept.of((str(db.engine.url), version), lambda: newest(db))


def releases() -> Releases:
    """Return where one process keeps the newest release."""
    return Releases(Recent(2))


def newest(db: Connection) -> Release | None:
    """Read the newest published release, where there is one."""
    published = RELEASE.c.published_at.is_not(None)
    last = select(func.max(RELEASE.c.release)).where(published)
    number: int | None = db.execute(last).scalar_one()
    if number is None:
        return None
    columns = list(_ATOMS.selected_columns)
    numbers = chain.from_iterable(
        db.execute(_ATOMS.where(RELEASE_WEEK.c.release == number))
    )
    found = np.fromiter(numbers, dtype=np.int64).reshape(-1, len(columns)).T
    origin, destination, origin_state, destination_state, cell, day, n = found
    return Release(
        number,
        *(
            _cube(
                Rows(
                    origin=origin.astype(np.int16),
                    destination=destination.astype(np.int16),
                    origin_state=origin_state.astype(np.int16),
                    destination_state=destination_state.astype(np.int16),
                    cell=cell.astype(np.uint8),
                    day=day.astype(np.int16),
                    n=each.astype(np.int32),
                ),
                number,
            )
            for each in (n, np.ones_like(n))
        ),
    )


def _cube(rows: Rows, number: int) -> Released:
    made, first_day = arrays(rows)
    whole = begun(base(made, version=number, epoch=0, first_day=first_day))
    return Released(whole.base, whole.pairs, whole.overlay, whole.version)


def _query() -> Select[Any]:
    atom = FLOW_RELEASE.c
    states = [
        func.coalesce(state, 0) for state in (atom.origin_state, atom.destination_state)
    ]
    level = case(*((atom.level == name, at) for at, name in enumerate(LEVELS)))
    mode = case(*((atom.mode == name, at) for at, name in enumerate(MODES)), else_=0)
    day = func.coalesce(atom.day, atom.week) - cast(literal(EPOCH), Date)
    return select(
        func.coalesce(atom.origin, REST + states[0]),
        func.coalesce(atom.destination, REST + states[1]),
        *states,
        level * _CELL + mode,
        day,
        atom.n,
    ).join_from(
        RELEASE_WEEK,
        FLOW_RELEASE,
        (RELEASE_WEEK.c.week == atom.week) & (RELEASE_WEEK.c.edition == atom.edition),
    )


_ATOMS = _query()


def _next_monday(day: int) -> int:
    return day + (_MONDAY - day) % WEEK


def _whole_weeks(first: int, last: int) -> tuple[int, int]:
    return first - (first - _MONDAY) % WEEK, last + (_MONDAY - 1 - last) % WEEK

"""Published releases, read from their atoms once; they never change."""

from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Date, Select, case, cast, func, literal, select

from boundaries.recent import Recent
from layers.cube.base import base
from layers.cube.built import arrays
from layers.cube.released import CELLS_OF_LEVEL, LEVELS, REST, Released
from layers.cube.rows import EPOCH, Rows
from layers.cube.snapshot import begun
from movements.flow import MODES
from movements.release.tables import FLOW_RELEASE, RELEASE, RELEASE_WEEK

Array = NDArray[Any]

# Releases that one process keeps: the newest, and one that is exported.
KEPT = 2

# How finely a release is told: all of it, or pairs of states and whole weeks.
GRAINS = ("district", "state")
_STATE = LEVELS.index("state")


@dataclass(frozen=True, slots=True)
class Told:
    """A release as it is told to a reader.

    Attributes:
        number: of the release.
        people: about how many journeys.
        atoms: the same pairs and days, how many atoms each number is the sum of.
    """

    number: int
    people: Released
    atoms: Released


@dataclass(frozen=True, slots=True)
class Release:
    """A published release: all of it, and what everybody may be told of it."""

    district: Told
    state: Told

    def told(self, grain: str) -> Told:
        """Return it as finely as one of ``GRAINS``."""
        return self.district if grain == "district" else self.state


@dataclass(frozen=True, slots=True)
class Releases:
    """The newest releases that were asked for."""

    _numbers: Recent[int | None] = field(default_factory=lambda: Recent(KEPT))
    _kept: Recent[Release] = field(default_factory=lambda: Recent(KEPT))

    def newest(self, db: Connection, version: int) -> int | None:
        """Return the number of the newest published release, where there is one.

        Args:
            db: a connection that may read releases.
            version: of the subject ``release``.
        """
        key = (str(db.engine.url), version)
        return self._numbers.of(key, lambda: newest(db))

    def of(self, db: Connection, number: int) -> Release:
        """Return a published release by its number."""
        key = (str(db.engine.url), number)
        return self._kept.of(key, lambda: read(db, number))


def newest(db: Connection) -> int | None:
    """Return the number of the newest published release, where there is one."""
    published = RELEASE.c.published_at.is_not(None)
    last = select(func.max(RELEASE.c.release)).where(published)
    found: int | None = db.execute(last).scalar_one()
    return found


def read(db: Connection, number: int) -> Release:
    """Read a published release."""
    columns = list(_ATOMS.selected_columns)
    numbers = chain.from_iterable(
        db.execute(_ATOMS.where(RELEASE_WEEK.c.release == number))
    )
    found = np.fromiter(numbers, dtype=np.int64).reshape(-1, len(columns)).T
    return Release(_told(found[:7], number), _told(_by_week(found), number))


def _by_week(found: Array) -> Array:
    """Return atoms as everybody is told of them: by pair of states and week."""
    _, _, origin, destination, _, _, n, week = found
    cell = np.full_like(n, _STATE * CELLS_OF_LEVEL)
    rest = REST + origin, REST + destination
    return np.stack([*rest, origin, destination, cell, week, n])


def _told(found: Array, number: int) -> Told:
    *_, n = found
    return Told(number, _cube(found, n, number), _cube(found, np.ones_like(n), number))


def _cube(found: Array, counts: Array, number: int) -> Released:
    origin, destination, origin_state, destination_state, cell, day, _ = found
    rows = Rows(
        origin=origin.astype(np.int16),
        destination=destination.astype(np.int16),
        origin_state=origin_state.astype(np.int16),
        destination_state=destination_state.astype(np.int16),
        cell=cell.astype(np.uint8),
        day=day.astype(np.int16),
        n=counts.astype(np.int32),
    )
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
    since = cast(literal(EPOCH), Date)
    return select(
        func.coalesce(atom.origin, REST + states[0]),
        func.coalesce(atom.destination, REST + states[1]),
        *states,
        level * CELLS_OF_LEVEL + mode,
        func.coalesce(atom.day, atom.week) - since,
        atom.n,
        atom.week - since,
    ).join_from(
        RELEASE_WEEK,
        FLOW_RELEASE,
        (RELEASE_WEEK.c.week == atom.week) & (RELEASE_WEEK.c.edition == atom.edition),
    )


_ATOMS = _query()

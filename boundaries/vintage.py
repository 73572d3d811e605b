"""Which boundary sets are in force on a day, and how units came from one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, Row, select

from boundaries.errors import NoBoundaries
from boundaries.tables import BOUNDARY_SET, LINEAGE


@dataclass(frozen=True, slots=True)
class Sets:
    """The boundary sets in force on a day, by level."""

    state: str
    district: str


@dataclass(frozen=True, slots=True)
class Descent:
    """One unit that came from another on a day.

    ``parent`` is None where nobody recorded it; ``share`` is the part of the parent's
    people that went to the child, None where unknown.
    """

    level: str
    child: int
    child_name: str
    parent: int | None
    effective: date
    kind: str
    share: float | None
    source: str


def active_set(db: Connection, level: str, day: date | None = None) -> str:
    """Return the id of the set in force on ``day``; without one, the newest.

    A day before the earliest set gets the earliest: places were there already, and
    their earliest known shape is the best there is.

    Raises:
        NoBoundaries: no set of this level was ever activated.
    """
    return _in_force(_active(db), level, day)


def sets_on(db: Connection, day: date | None = None) -> Sets:
    """Return the sets of both levels in force on a day (see ``active_set``)."""
    active = _active(db)
    return Sets(_in_force(active, "state", day), _in_force(active, "district", day))


def _active(db: Connection) -> Sequence[Row[str, str, date]]:
    """Return the active sets of both levels, oldest first; a handful at most."""
    sets = BOUNDARY_SET.c
    active = select(sets.level, sets.set_id, sets.valid_from).where(sets.active)
    return db.execute(active.order_by(sets.valid_from, sets.loaded_at)).all()


def _in_force(
    active: Sequence[Row[str, str, date]], level: str, day: date | None
) -> str:
    of_level = [row for row in active if row.level == level]
    if not of_level:
        raise NoBoundaries(level)
    begun = [row for row in of_level if day is None or row.valid_from <= day]
    found: str = (begun or of_level[:1])[-1].set_id
    return found


def lineage(db: Connection, code: int, *, level: str = "district") -> list[Descent]:
    """Return every descent that a unit is parent or child of, oldest first."""
    columns = LINEAGE.c
    concerned = (columns.child == code) | (columns.parent == code)
    return _descents(db, columns.level == level, concerned)


def descents(
    db: Connection, *, level: str, first: date = date.min, last: date = date.max
) -> list[Descent]:
    """Return every descent of a level on the days from first to last, oldest first."""
    columns = LINEAGE.c
    return _descents(db, columns.level == level, columns.effective.between(first, last))


def _descents(db: Connection, *chosen: ColumnElement[bool]) -> list[Descent]:
    columns = LINEAGE.c
    order = (columns.effective, columns.child, columns.kind)
    rows = db.execute(select(LINEAGE).where(*chosen).order_by(*order))
    return [
        Descent(
            level=row.level,
            child=row.child,
            child_name=row.child_name,
            parent=row.parent,
            effective=row.effective,
            kind=row.kind,
            share=row.share,
            source=row.source,
        )
        for row in rows
    ]

"""Put boundary sets in force, or say why not."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Connection, Row, func, select, update

from boundaries.errors import BoundarySetRefused, NoBoundaries
from boundaries.measure import share_inside
from boundaries.report import few
from boundaries.shape import Shapes
from boundaries.tables import BOUNDARY_SET, UNIT
from boundaries.version import bump
from boundaries.vintage import active_set

# Publishers draw one line differently, at coasts and in small enclaves by much; a
# district filed under the wrong state lies outside it altogether.
LEAST_INSIDE = 0.75

SETS = BOUNDARY_SET.c


def activate(db: Connection, set_ids: Sequence[str]) -> None:
    """Put one set, or one of each level together, in force from its first day on.

    An earlier set of the level ends the day before; one that begins on the same day
    or later is replaced.

    Raises:
        BoundarySetRefused: a set is unknown, or has missing or doubled codes,
            children outside their parent, or two levels in one; names them.
    """
    chosen = [_set(db, set_id) for set_id in set_ids]
    levels = {row.level: row for row in chosen}
    if len(levels) != len(chosen):
        raise BoundarySetRefused("activate one set of a level at a time")
    why = [each for row in chosen for each in refusals(db, row)]
    states = _other(db, levels, "state")
    districts = _other(db, levels, "district")
    if states and districts:
        why += _outside(db, states, districts)
    if why:
        raise BoundarySetRefused("; ".join(why))
    for row in chosen:
        _put_in_force(db, row)
    bump(db, "boundaries")


def sets(db: Connection) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return every set with its number of units, by level and first day."""
    units = func.count(UNIT.c.code).label("units")
    counted = select(BOUNDARY_SET, units).outerjoin(UNIT, UNIT.c.set_id == SETS.set_id)
    ordered = counted.group_by(SETS.set_id).order_by(SETS.level, SETS.valid_from)
    return db.execute(ordered).all()


def refusals(db: Connection, row: Row[*tuple[Any, ...]]) -> list[str]:
    """Return what in the set itself bars it, in words."""
    why = list(row.report.get("refusals", []))
    gone = _codes(db, _other(db, {}, row.level)) - _codes(db, row.set_id)
    if gone:
        missing = few([str(code) for code in sorted(gone)])
        why.append(f"codes in force that {row.set_id} lacks: {missing}")
    return why


def _set(db: Connection, set_id: str) -> Row[*tuple[Any, ...]]:
    row = db.execute(select(BOUNDARY_SET).where(SETS.set_id == set_id)).one_or_none()
    if row is None:
        known = ", ".join(db.scalars(select(SETS.set_id).order_by(SETS.set_id)))
        raise BoundarySetRefused(f"no set {set_id!r}; there are: {known or 'none'}")
    return row


def _other(
    db: Connection, chosen: dict[str, Row[*tuple[Any, ...]]], level: str
) -> str | None:
    """Return the set of the level that will be in force, if any."""
    if level in chosen:
        return str(chosen[level].set_id)
    try:
        return active_set(db, level)
    except NoBoundaries:
        return None


def _codes(db: Connection, set_id: str | None) -> set[int]:
    return set(db.scalars(select(UNIT.c.code).where(UNIT.c.set_id == set_id)))


def _outside(db: Connection, states: str, districts: str) -> list[str]:
    """Name the districts whose state is not there, or is somewhere else."""
    parents = {code: shape for code, _, shape in _shapes(db, states)}
    children = _shapes(db, districts)
    orphans = [str(code) for code, state, _ in children if state not in parents]
    why = [f"districts of no state: {few(orphans)}"] if orphans else []
    placed = [each for each in children if each[1] in parents]
    inside = share_inside(
        np.array([shape for _, _, shape in placed]),
        np.array([parents[state] for _, state, _ in placed]),
    )
    strays = [str(placed[i][0]) for i in np.flatnonzero(inside < LEAST_INSIDE)]
    if strays:
        why.append(f"districts outside their state: {few(strays)}")
    return why


def _shapes(db: Connection, set_id: str) -> list[tuple[int, int, Any]]:
    columns = UNIT.c
    rows = db.execute(
        select(
            columns.code,
            columns.state_code,
            func.ST_AsBinary(columns.geom).label("wkb"),
        )
        .where(columns.set_id == set_id)
        .order_by(columns.code)
    ).all()
    shapes: Shapes = shapely.from_wkb([bytes(row.wkb) for row in rows])
    return [
        (row.code, row.state_code, shape)
        for row, shape in zip(rows, shapes, strict=True)
    ]


def _put_in_force(db: Connection, row: Row[*tuple[Any, ...]]) -> None:
    others = (SETS.level == row.level) & SETS.active & (SETS.set_id != row.set_id)
    day_before = row.valid_from - timedelta(days=1)
    replaced = others & (SETS.valid_from >= row.valid_from)
    db.execute(update(BOUNDARY_SET).where(replaced).values(active=False))
    db.execute(
        update(BOUNDARY_SET)
        .where(others & (SETS.valid_from < row.valid_from))
        .values(valid_to=func.least(SETS.valid_to, day_before))
    )
    db.execute(
        update(BOUNDARY_SET)
        .where(SETS.set_id == row.set_id)
        .values(active=True, valid_to=None)
    )

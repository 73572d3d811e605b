"""The gazetteer of a day, read once per version of the boundaries."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, func, select

from boundaries import snapshot
from boundaries.gazetteer import District, Gazetteer, Names, State
from boundaries.names import fold
from boundaries.recent import Recent
from boundaries.tables import ALIAS, LINEAGE, UNIT

# A database has one set of a level per vintage; few vintages are asked for at once.
_KEPT: Recent[Gazetteer] = Recent(16)

_NOT_NAMES = ("iso", "census2011")

Rows = Sequence[Row[*tuple[Any, ...]]]


def gazetteer(db: Connection, *, day: date | None = None) -> Gazetteer:
    """Return the units in force on ``day`` (default: the newest), kept in memory.

    Raises:
        NoBoundaries: no boundary set is active.
    """
    key = snapshot.key(db, day)
    return _KEPT.of((key, day), lambda: _read(db, key, day))


def _read(db: Connection, key: snapshot.Key, day: date | None) -> Gazetteer:
    states = _units(db, key.sets.state)
    districts = _units(db, key.sets.district)
    known = db.execute(select(ALIAS)).all()
    own: defaultdict[int, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for alias in known:
        if alias.level == "state":
            own[alias.code].append(alias)
    codes = np.array([row.code for row in districts], dtype=np.int16)
    return Gazetteer(
        states={row.code: _state(row, own[row.code], day) for row in states},
        districts={row.code: _district(row) for row in districts},
        district_codes=codes,
        district_state=np.array([r.state_code for r in districts], dtype=np.int16),
        lon=np.array([row.lon for row in districts]),
        lat=np.array([row.lat for row in districts]),
        state_names=_names("state", states, known),
        district_names=_names("district", districts, known),
        younger=_younger(db, set(codes.tolist())),
        isos=_codes("state", "iso", known),
        state_census=_codes("state", "census2011", known),
        district_census=_codes("district", "census2011", known),
    )


def _units(db: Connection, set_id: str) -> Rows:
    columns = UNIT.c
    point = columns.inner_point
    units = select(
        columns.code,
        columns.state_code,
        columns.name,
        columns.name_hi,
        columns.population_2011,
        func.ST_X(point).label("lon"),
        func.ST_Y(point).label("lat"),
    )
    in_set = units.where(columns.set_id == set_id)
    return db.execute(in_set.order_by(columns.code)).all()


def _state(row: Row[*tuple[Any, ...]], own: Rows, day: date | None) -> State:
    census = sorted(alias.value for alias in own if alias.kind == "census2011")
    return State(row.code, row.name, row.name_hi, _iso(own, day), tuple(census))


def _iso(own: Rows, day: date | None) -> str | None:
    """Return the ISO code of the day; before the first one known, that one."""
    dated = sorted((a.valid_from or date.min, a.value) for a in own if a.kind == "iso")
    begun: list[str] = [value for start, value in dated if day is None or start <= day]
    first: list[str] = [value for _, value in dated[:1]]
    return (begun or first)[-1] if dated else None


def _district(row: Row[*tuple[Any, ...]]) -> District:
    return District(
        code=row.code,
        name=row.name,
        name_hi=row.name_hi,
        state_code=row.state_code,
        lon=row.lon,
        lat=row.lat,
        population_2011=row.population_2011,
    )


def _names(level: str, units: Rows, known: Rows) -> Names:
    codes = {row.code for row in units}
    found: defaultdict[str, set[int]] = defaultdict(set)
    for row in units:
        for name in filter(None, (row.name, row.name_hi)):
            found[fold(name)].add(row.code)
    for alias in known:
        if (
            alias.level == level
            and alias.kind not in _NOT_NAMES
            and alias.code in codes
        ):
            found[alias.folded].add(alias.code)
    return {name: frozenset(of) for name, of in found.items()}


def _younger(db: Connection, in_force: set[int]) -> Names:
    """Return the parents of districts that are not in force, by the child's name."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for row in db.execute(select(LINEAGE).where(LINEAGE.c.level == "district")):
        if row.child not in in_force and row.parent in in_force:
            found[fold(row.child_name)].add(row.parent)
    return {name: frozenset(of) for name, of in found.items()}


def _codes(level: str, kind: str, known: Rows) -> dict[str, int]:
    return {a.value: a.code for a in known if (a.level, a.kind) == (level, kind)}

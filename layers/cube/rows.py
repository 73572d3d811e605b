"""Rows of the day roll-up and of its deltas, as arrays.

A row leaves the database as two int8, packed there: read as six columns it took
three times as long.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    BigInteger,
    Connection,
    LargeBinary,
    Select,
    Table,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
)

from boundaries.version import VERSION
from movements.flow import CATEGORIES, FLOW_DAY, FLOW_DELTA, MODES, STAGES

Array = NDArray[Any]

# Days are counted from here; an int16 then reaches to 2089.
EPOCH = date(2000, 1, 1)

# The first int8: four codes of 15 bits (codes are positive smallints). The second:
# the cell, the day, and the people, who may be below zero for a correction.
CODES = 2**15
PEOPLE = 2**32


@dataclass(frozen=True, slots=True)
class Rows:
    """Aligned columns: LGD codes, the cell, the day since ``EPOCH``, people."""

    origin: Array
    destination: Array
    origin_state: Array
    destination_state: Array
    cell: Array
    day: Array
    n: Array


@dataclass(frozen=True, slots=True)
class Later:
    """What happened after a version, as one statement saw it.

    Attributes:
        version: of the flows, these rows included.
        epoch: of which history.
        floor: deltas up to this version are gone.
        rows: the deltas.
    """

    version: int
    epoch: int
    floor: int
    rows: Rows


def day_number(day: date) -> int:
    """Return a day as a number since ``EPOCH``."""
    return (day - EPOCH).days


def day_of(number: int) -> date:
    """Return the day of a number since ``EPOCH``."""
    return EPOCH + timedelta(days=number)


def whole(db: Connection) -> Rows:
    """Return every row of the day roll-up."""
    return _unpacked(b"".join(map(bytes, db.execute(_WHOLE).scalars())))


def few(db: Connection) -> Later:
    """Return every row of a small day roll-up, and the version, from one snapshot."""
    return _seen(db.execute(_FEW).one())


def later(db: Connection, version: int) -> Later:
    """Return what was added after a version, all of it from one snapshot."""
    return _seen(db.execute(_LATER, {"after": version}).one())


def are_few(db: Connection, *, most: int) -> bool:
    """Return whether the day roll-up has no more rows than ``most``."""
    some = select(literal(1)).select_from(FLOW_DAY).limit(most + 1).subquery()
    return int(db.execute(select(func.count()).select_from(some)).scalar_one()) <= most


def _packed(table: Table) -> Any:  # noqa: ANN401 - a column expression
    column = table.c
    codes: Any = cast(column.origin, BigInteger)
    for name in ("destination", "origin_state", "destination_state"):
        codes = codes * CODES + column[name]
    cell = (
        _position(column.status, STAGES) * len(CATEGORIES)
        + _position(column.category, CATEGORIES)
    ) * len(MODES) + _position(column.mode, MODES)
    when = cast(cell, BigInteger) * CODES + (column.day - literal(EPOCH))
    rest = when * cast(literal(PEOPLE), BigInteger) + column.n
    one = func.int8send(codes).op("||")(func.int8send(rest))
    return func.string_agg(one, cast(literal(b""), LargeBinary))


def _position(column: Any, names: tuple[str, ...]) -> Any:  # noqa: ANN401 - column expressions
    return case(*((column == name, at) for at, name in enumerate(names)))


def _subject(name: str) -> Any:  # noqa: ANN401 - a scalar subquery
    value = select(VERSION.c.version).where(VERSION.c.subject == name)
    return value.scalar_subquery()


def _beside(packed: Select[Any]) -> Select[Any]:
    """Return rows and the versions that they belong to, as one statement."""
    return select(
        _subject("flows").label("version"),
        _subject("flow_epoch").label("epoch"),
        _subject("flow_floor").label("floor"),
        packed.scalar_subquery().label("packed"),
    )


_AFTER = FLOW_DELTA.c.version > bindparam("after", type_=BigInteger)
_LATER = _beside(select(_packed(FLOW_DELTA)).where(_AFTER))
_FEW = _beside(select(_packed(FLOW_DAY)))
# By day, so that no value comes near PostgreSQL's limit of 1 GB.
_WHOLE = select(_packed(FLOW_DAY)).group_by(FLOW_DAY.c.day)


def _seen(found: Any) -> Later:  # noqa: ANN401 - a row of ``_beside``
    rows = _unpacked(found.packed or b"")
    return Later(found.version, found.epoch, found.floor, rows)


def _unpacked(packed: bytes) -> Rows:
    pairs = np.frombuffer(packed, dtype=">i8").reshape(-1, 2).astype(np.int64)
    codes, rest = pairs[:, 0], pairs[:, 1]
    when = (rest + PEOPLE // 2) // PEOPLE
    return Rows(
        origin=(codes // CODES**3).astype(np.int16),
        destination=(codes // CODES**2 % CODES).astype(np.int16),
        origin_state=(codes // CODES % CODES).astype(np.int16),
        destination_state=(codes % CODES).astype(np.int16),
        cell=(when // CODES).astype(np.uint8),
        day=(when % CODES).astype(np.int16),
        n=(rest - when * PEOPLE).astype(np.int32),
    )

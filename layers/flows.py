"""Flows between units: every node's totals, the largest edges, and what is hidden.

SQL picks the day roll-up's rows and hands them over packed, eight bytes each; numpy
adds them up. Grouped by PostgreSQL and fetched as rows, the same took three times
as long.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    BigInteger,
    Connection,
    LargeBinary,
    Select,
    SmallInteger,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
)

from boundaries.tables import UNIT
from layers.pairs import FLOW, moves
from layers.question import EAST, LEVEL, NORTH, SOUTH, UNIT_SET, WEST, Question

LEVELS = ("country", "state", "district")
INDIA = 0  # the one node of level country; no LGD code of a state or district is 0

_WHOLE = cast(literal(INDIA), SmallInteger)
ENDS = {
    "country": (_WHOLE, _WHOLE),
    "state": (FLOW.origin_state, FLOW.destination_state),
    "district": (FLOW.origin, FLOW.destination),
}

# A row is packed as (origin * CODES + destination) * PEOPLE + n, one int8.
CODES = 2**15  # codes are positive smallints
PEOPLE = 2**32  # n is an integer, below zero for a correction

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """The flows asked, as arrays.

    Attributes:
        codes: LGD codes of every unit with anyone, rising.
        totals: ``in``, ``out``, ``internal`` people of each of ``codes``.
        origins, destinations, people: the largest pairs of different units.
        total: people between different units.
        internal: people within one unit.
        edges_total: how many pairs of different units there are.
        first, last: the first and last day on which anyone travelled, if anyone did.
    """

    codes: Array
    totals: dict[str, Array]
    origins: Array
    destinations: Array
    people: Array
    total: int
    internal: int
    edges_total: int
    first: date | None = None
    last: date | None = None

    @property
    def shown(self) -> int:
        """People on the listed edges."""
        return int(self.people.sum())


def answer(db: Connection, question: Question) -> Answer:
    """Return the flows of a window, a scope and their filters, at a level.

    Conservation: ``total`` + ``internal`` is everyone asked, and the listed
    ``people`` are ``shown``; ``total - shown`` are on edges beyond ``question.k``.
    """
    query = PACKED[question.level, question.bbox is not None]
    found = db.execute(query, question.parameters()).one()
    counted = summed(*_unpacked(found.packed or b""), k=question.k)
    return replace(counted, first=found.first, last=found.last)


def summed(origins: Array, destinations: Array, people: Array, *, k: int) -> Answer:
    """Return the answer over rows; a unit paired with itself is internal."""
    key, people = _grouped(origins * CODES + destinations, people)
    starts, ends = key // CODES, key % CODES
    within = starts == ends
    moving = np.where(within, 0, people)
    staying = np.where(within, people, 0)
    present = np.bincount(np.concatenate([starts, ends]), minlength=CODES)
    codes = np.flatnonzero(present)
    top = _largest(key[~within], people[~within], k=k)
    return Answer(
        codes=codes,
        totals={
            "in": _by_unit(ends, moving)[codes],
            "out": _by_unit(starts, moving)[codes],
            "internal": _by_unit(starts, staying)[codes],
        },
        origins=starts[~within][top],
        destinations=ends[~within][top],
        people=people[~within][top],
        total=int(moving.sum()),
        internal=int(staying.sum()),
        edges_total=int((~within).sum()),
    )


def _unpacked(packed: bytes) -> tuple[Array, Array, Array]:
    value = np.frombuffer(packed, dtype=">i8").astype(np.int64)
    key = (value + PEOPLE // 2) // PEOPLE
    return key // CODES, key % CODES, value - key * PEOPLE


def _grouped(keys: Array, people: Array) -> tuple[Array, Array]:
    """Return each key once with its people; corrected to nobody, it goes."""
    if not len(keys):
        return keys, people
    order = np.argsort(keys)
    keys, people = keys[order], people[order]
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    total = np.add.reduceat(people, first)
    return keys[first][total != 0], total[total != 0]


def _by_unit(units: Array, people: Array) -> Array:
    # By code, for every code there could be. Exact to 2^53, far above any count.
    return np.bincount(units, people, CODES).astype(np.int64)


def _largest(keys: Array, people: Array, *, k: int) -> Array:
    """Return where the ``k`` largest are; ties by key, so that none flickers."""
    if len(people) <= k:
        return np.lexsort((keys, -people))
    least = np.partition(people, len(people) - k)[len(people) - k]
    near = np.flatnonzero(people >= least)
    return near[np.lexsort((keys[near], -people[near]))][:k]


def _packed(level: str, *, boxed: bool) -> Select[Any]:
    query = moves(*ENDS[level]).add_columns(FLOW.day)
    if boxed:
        query = query.where(or_(*(_boxed(end) for end in ENDS[level])))
    row = query.subquery("row").c
    key = cast(row.origin, BigInteger) * CODES + row.destination
    one = func.int8send(key * cast(literal(PEOPLE), BigInteger) + row.n)
    return select(
        func.string_agg(one, cast(literal(b""), LargeBinary)).label("packed"),
        func.min(row.day).label("first"),
        func.max(row.day).label("last"),
    )


def _boxed(end: Any) -> Any:  # noqa: ANN401 - column expressions
    box = func.ST_MakeEnvelope(WEST, SOUTH, EAST, NORTH, 4326)
    inside = select(UNIT.c.code).where(
        and_(
            UNIT.c.set_id == UNIT_SET,
            UNIT.c.level == LEVEL,
            UNIT.c.inner_point.op("&&")(box),
        )
    )
    return end.in_(inside)


PACKED = {
    (level, boxed): _packed(level, boxed=boxed)
    for level in LEVELS
    for boxed in (False, True)
}

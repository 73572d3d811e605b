"""How many people pass a state, or are on trains that were asked for; nobody's name.

Counted are the journeys that the reader sees from one side (``movements.sight``), by
what its sights show of all of them: the vehicle, and for the Railways where people
board.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select

from movements.errors import BadParameter
from movements.people_arrivals import Counts
from movements.sight import Eye, predicate
from movements.tables import MOVEMENT

_RIDE = ("train_number", "train_date", "vehicle")
# What they are grouped by, by the side that they are counted from.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "transit": ("travel_date", "mode", *_RIDE),
    "requisitions": ("travel_date", "mode", *_RIDE, "origin_state", "origin_district"),
}

# Every bus of a day and its stages; more is asked for by fewer days.
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Headcount:
    """People of one group.

    Attributes:
        group: values of the side's ``GROUPS``; of a train that is not known, ``None``.
        counts: how many.
    """

    group: Mapping[str, Any]
    counts: Counts


def headcounts(
    db: Connection, eye: Eye, side: str, *, first: date, last: date
) -> list[Headcount]:
    """Return how many there are, by day, then trains by number, then the others.

    Args:
        db: a connection within the reader's walls.
        eye: who looks.
        side: of ``GROUPS``; one at which the reader stands.
        first: day of travel.
        last: day of travel, inclusive.

    Raises:
        BadParameter: there are more than ``MOST`` groups.
    """
    rows = db.execute(_asked(eye, side, first, last)).all()
    if len(rows) > MOST:
        raise BadParameter(f"from, to: more than {MOST} lines; ask for fewer days")
    names = GROUPS[side]
    groups: dict[tuple[Any, ...], list[Row[Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(row)[: len(names)], []).append(row)
    return [
        Headcount(dict(zip(names, key, strict=True)), _counts(own))
        for key, own in groups.items()
    ]


def _asked(eye: Eye, side: str, first: date, last: date) -> Select[Any]:
    of, names = MOVEMENT.c, GROUPS[side]
    showing = [
        each
        for each in eye.sights
        if each.side == side and each.fields.issuperset((*names, "stage"))
    ]
    named = [of[name] for name in names]
    order = (of[name].nulls_last() for name in names if name != "mode")
    return (
        select(*named, of.stage, func.count().label("n"))
        .where(
            of.travel_date.between(first, last),
            or_(*(predicate(eye, each, of) for each in showing)),
        )
        .group_by(*named, of.stage)
        .order_by(*order, of.mode)
        .limit(MOST + 1)
    )


def _counts(rows: Iterable[Row[Any]]) -> Counts:
    counts = Counts()
    for row in rows:
        counts.add(row.stage, "", row.n, walk_ins=0)
    return counts

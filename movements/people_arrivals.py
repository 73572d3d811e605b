"""Who comes on a day, counted by the train or the district that they come from.

Counted are journeys that end at the reader's, of those that are seen. Their day is the
day of travel: at which hour of which day a train is there is not known before there are
timetables.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, Select, func, literal, or_, select
from sqlalchemy.types import SmallInteger

from movements.sight import Eye, Sight, predicate
from movements.tables import MOVEMENT

SIDE = "destination"
# What they are grouped by; a sight that does not show all of it counts nobody.
_GROUP = ("mode", "train_number", "train_date", "origin_state", "origin_district")
_STATE = ("stage", "permission")
GONE = "cancelled"


@dataclass(slots=True)
class Counts:
    """People by stage and by permission; who is cancelled is in neither.

    Attributes:
        stages: people by stage of the journey.
        permissions: the same people by the state of their permission.
        cancelled: who was to come and does not.
        walk_ins: of those who arrived, who was on no list.
    """

    stages: Counter[str] = field(default_factory=Counter)
    permissions: Counter[str] = field(default_factory=Counter)
    cancelled: int = 0
    walk_ins: int = 0

    def add(self, stage: str, permission: str, n: int, *, walk_ins: int) -> None:
        """Count some people more, and how many of them were on no list."""
        if stage == GONE:
            self.cancelled += n
            return
        self.stages[stage] += n
        self.permissions[permission] += n
        self.walk_ins += walk_ins

    def body(self) -> dict[str, Any]:
        """Return them as an answer has them: people = expected + departed + arrived."""
        under_way = self.stages["departed"], self.stages["arrived"]
        people = self.stages.total()
        return {
            "people": people,
            "expected": people - sum(under_way),
            "departed": under_way[0],
            "arrived": under_way[1],
            "walk_ins": self.walk_ins,
            "notified": self.permissions["notified"],
            "requested": self.permissions["requested"],
            "granted": self.permissions["granted"],
            "cancelled": self.cancelled,
        }


@dataclass(frozen=True, slots=True)
class Coming:
    """People who come by one train from one district, or by bus from there.

    Attributes:
        mode: ``train`` or ``bus``.
        train_number: five digits, where they are on a train that is known.
        train_date: on which it leaves, where that is known.
        origin_state: LGD code.
        origin_district: LGD code.
        counts: how many.
    """

    mode: str
    train_number: str | None
    train_date: date | None
    origin_state: int
    origin_district: int
    counts: Counts


def coming(db: Connection, eye: Eye, day: date, *, home: int | None) -> list[Coming]:
    """Return who comes, trains by number before those without, then buses.

    Args:
        db: a connection within the reader's walls.
        eye: who looks, from the destination.
        day: of travel.
        home: as ``journal_filter.Wanted.home``.
    """
    question = _asked(eye, day, home)
    if question is None:
        return []
    rows = db.execute(question).all()
    return [_coming(group, of) for group, of in _grouped(rows)]


def total(groups: Iterable[Coming]) -> Counts:
    """Return the counts of all of them together."""
    whole = Counts()
    for group in groups:
        whole.stages += group.counts.stages
        whole.permissions += group.counts.permissions
        whole.cancelled += group.counts.cancelled
        whole.walk_ins += group.counts.walk_ins
    return whole


def _asked(eye: Eye, day: date, home: int | None) -> Select[Any] | None:
    of = MOVEMENT.c
    at = eye.sides().get(SIDE)
    showing = [s for s in eye.sights if s.side == SIDE and _shows_all(s)]
    if at is None or not showing:
        return None
    named = [of[name] for name in (*_GROUP, *_STATE)]
    kept = [of.travel_date == day, or_(*(predicate(eye, s, of) for s in showing))]
    kept.append(predicate(eye, Sight(side=SIDE, fields=frozenset()), of))
    if home is not None and at != SIDE:
        # A district's journeys are found by the index of its state.
        kept.append(of.destination_state == literal(home, SmallInteger))
    numbers = (
        func.count().label("n"),
        func.count().filter(of.walk_in).label("walk_ins"),
    )
    counted = select(*named, *numbers).where(*kept).group_by(*named)
    order = (of.mode, of.train_number.nulls_last(), of.train_date, of.origin_district)
    return counted.order_by(*order)


def _shows_all(sight: Sight) -> bool:
    return sight.fields.issuperset((*_GROUP, *_STATE))


def _grouped(rows: Iterable[Row[Any]]) -> Iterable[tuple[tuple[Any, ...], list[Any]]]:
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        groups.setdefault(tuple(row)[: len(_GROUP)], []).append(row)
    return groups.items()


def _coming(group: tuple[Any, ...], rows: Iterable[Any]) -> Coming:
    counts = Counts()
    for row in rows:
        counts.add(row.stage, row.permission, row.n, walk_ins=row.walk_ins)
    mode, number, leaves, state, district = group
    return Coming(mode, number, leaves, state, district, counts)

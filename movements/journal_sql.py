"""The question for a page of journeys, as the database answers it by its indexes.

Each side at which the reader stands is one branch: equality on the side's column, then
the order of the list, so that an index gives the first rows of it and no others. The
branches are merged in that order, and who stands in several comes once. With each
journey come the sights that it is seen by.
"""

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Select,
    SmallInteger,
    Uuid,
    and_,
    bindparam,
    column,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on

from movements.journal_filter import Wanted, conditions, days, sides
from movements.journal_place import Place
from movements.sight import Eye, Sight, predicate
from movements.tables import MOVEMENT

ORDER = ("travel_date", "movement_id")

# Readers of today whose question for people is kept: to build it takes longer than the
# database does to answer it.
READERS_KEPT = 256

_PLAIN = (
    *("movement_id", "travel_date", "bucket", "person_id", "tenant"),
    *("mode", "category", "stage", "permission"),
    *("origin_state", "origin_district", "destination_state", "destination_district"),
    *("route_states", "train_number", "train_date", "vehicle", "walk_in"),
    *("source_ref", "batch_id"),
)


def flag(number: int) -> str:
    """Return the name of the column that says whether a sight sees the journey."""
    return f"sight_{number}"


def seen(eye: Eye) -> Select[Any]:
    """Return the question for journeys, each with the sights that see it."""
    of = MOVEMENT.c
    at_side = eye.sides()
    flags = (
        (predicate(eye, sight, of) if sight.side in at_side else false()).label(flag(n))
        for n, sight in enumerate(eye.sights)
    )
    return select(*columns(), *flags)


def columns() -> list[ColumnElement[Any]]:
    """Return what is read of a journey; points in degrees."""
    of = MOVEMENT.c
    points = (
        func.__getattr__(name)(of[end]).label(f"{end}_{axis}")
        for end in ("origin", "destination")
        for axis, name in (("lon", "ST_X"), ("lat", "ST_Y"))
    )
    return [*(of[name] for name in _PLAIN), *points]


def page(
    eye: Eye,
    wanted: Wanted,
    *,
    span: tuple[date, date],
    after: Place | None,
    limit: int,
) -> Select[Any]:
    """Return the question for the first journeys behind a place.

    Args:
        eye: who looks, from one side at least.
        wanted: which of the journeys that it sees.
        span: first day, and the one after the last: what partitions are looked at.
        after: where the page before ended.
        limit: how many at most.

    Raises:
        BadParameter: the reader does not stand at the side that is asked for.
    """
    of = MOVEMENT.c
    begin, end = span
    behind = [of.travel_date >= begin, of.travel_date < end, *days(wanted)]
    if after is not None:
        last = literal(after.travel_date), literal(after.movement_id)
        behind.append(tuple_(of.travel_date, of.movement_id) > tuple_(*last))
    branches = [
        seen(eye)
        .where(*_from(eye, wanted, side), *behind, *matching(eye, wanted, side=side))
        .order_by(*(of[name] for name in ORDER))
        .limit(limit)
        .subquery()
        for side in sides(eye, wanted)
    ]
    both = union_all(*(select(branch) for branch in branches)).subquery("journeys")
    key = [both.c[name] for name in ORDER]
    return select(both).ext(distinct_on(*key)).order_by(*key).limit(limit)


def of_people(eye: Eye) -> Select[Any]:
    """Return the question for people's journeys that are seen, in order of travel.

    Bind ``buckets`` and ``people``; ``from_day`` and ``to_day``, from when and up to
    when; ``first`` and ``end``, the same of all months that hold any journeys. It is
    kept with the reader's own codes and day in it, and given to no other one.
    """
    return _of_people(eye.sights, tuple(eye.scope.items()), eye.today)


@lru_cache(READERS_KEPT)
def _of_people(
    sights: tuple[Sight, ...], scope: tuple[tuple[str, int], ...], today: date
) -> Select[Any]:
    eye, of = Eye(sights, dict(scope), today), MOVEMENT.c
    asked = (
        func.unnest(
            bindparam("buckets", type_=ARRAY(SmallInteger)),
            bindparam("people", type_=ARRAY(Uuid)),
        )
        .table_valued(column("bucket", SmallInteger), column("person_id", Uuid))
        .render_derived(name="asked")
    )
    # By the person's key, whatever a plan that is kept believes of the reader's side.
    theirs = (
        seen(eye)
        .where(
            of.bucket == asked.c.bucket,
            of.person_id == asked.c.person_id,
            anywhere(eye),
            of.travel_date >= bindparam("from_day", type_=Date),
            of.travel_date < bindparam("to_day", type_=Date),
            # In its words, so that such a plan is for these months alone.
            of.travel_date >= bindparam("first", type_=Date, literal_execute=True),
            of.travel_date < bindparam("end", type_=Date, literal_execute=True),
        )
        .correlate(asked)
        .offset(literal_column("0"))
        .lateral("theirs")
    )
    return (
        select(theirs)
        .join_from(asked, theirs, true())
        .order_by(*(theirs.c[name] for name in ORDER))
    )


def anywhere(eye: Eye) -> ColumnElement[bool]:
    """Return whether any sight sees a journey."""
    at_side = eye.sides()
    own = (s for s in eye.sights if s.side in at_side)
    return or_(false(), *(predicate(eye, sight, MOVEMENT.c) for sight in own))


def chosen(eye: Eye, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return what a page's journeys are, wherever they stand in its order."""
    from_any = (and_(*_from(eye, wanted, side)) for side in sides(eye, wanted))
    return [or_(false(), *from_any), *days(wanted), *matching(eye, wanted)]


def matching(
    eye: Eye, wanted: Wanted, *, side: str | None = None
) -> list[ColumnElement[bool]]:
    """Return the filters; each keeps to journeys whose field it is is shown.

    Otherwise a filter would tell of a field what its reader may not know.

    Args:
        eye: who looks.
        wanted: the filters.
        side: from where, if from one: what all its sights show needs no asking.
    """
    at_side = eye.sides()
    own = [sight for sight in eye.sights if sight.side in at_side]
    kept = []
    for field, condition in conditions(wanted).items():
        kept.append(condition)
        showing = [sight for sight in own if field in sight.fields]
        hiding = [s for s in own if s.side == side and s not in showing]
        if side is None or hiding:
            shown = (predicate(eye, sight, MOVEMENT.c) for sight in showing)
            kept.append(or_(false(), *shown))
    return kept


def _from(eye: Eye, wanted: Wanted, side: str) -> list[ColumnElement[bool]]:
    """Return what is at a side, and is seen from there."""
    of = MOVEMENT.c
    own = [sight for sight in eye.sights if sight.side == side]
    kept = [predicate(eye, Sight(side=side, fields=frozenset()), of)]
    if side == "requisitions":
        kept = [of.requisitioned]  # as its index says it
    elif wanted.home is not None and eye.sides()[side].endswith("_district"):
        # A district's journeys are found by the index of its state.
        kept.append(of[f"{side}_state"] == literal(wanted.home, SmallInteger))
    return [*kept, or_(*(predicate(eye, sight, of) for sight in own))]

"""Journeys that a reader sees: page by page in order of travel, by key, by person."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Connection,
    RowMapping,
    SmallInteger,
    Uuid,
    func,
    literal,
    select,
)

from movements import journal_sql
from movements.events import bucket
from movements.journal_filter import EVERYTHING, Wanted, refuse_hidden, sides
from movements.journal_months import Months, filled, runs, span, within
from movements.journal_place import Place
from movements.sight import Eye
from movements.tables import BUCKETS, MOVEMENT


@dataclass(frozen=True, slots=True)
class Seen:
    """A journey, and which fields of it and of its person are seen.

    Attributes:
        row: its columns; points as ``origin_lon`` … in degrees.
        fields: of ``sight.ALL`` and ``sight.OWN``.
    """

    row: RowMapping
    fields: frozenset[str]

    @property
    def place(self) -> Place:
        """Where it stands in the order of lists."""
        return Place(self.row["travel_date"], self.row["movement_id"])

    @property
    def person(self) -> UUID:
        """Whose journey it is."""
        found: UUID = self.row["person_id"]
        return found


@dataclass(frozen=True, slots=True)
class Page:
    """A page of journeys, and where the next one begins; ``None``: nowhere."""

    journeys: list[Seen]
    next: Place | None


def page(
    db: Connection,
    eye: Eye,
    wanted: Wanted = EVERYTHING,
    *,
    after: Place | None = None,
    limit: int = 100,
) -> Page:
    """Return the first journeys behind a place that a reader sees.

    Args:
        db: a connection within the reader's walls.
        eye: who looks.
        wanted: which of those that it sees.
        after: where the page before ended.
        limit: how many at most.

    Raises:
        BadParameter: a filter is by what the reader does not see, or by a side at which
            it does not stand.
    """
    refuse_hidden(eye, wanted)
    if not sides(eye, wanted):
        return Page([], None)
    begin = max(
        (d for d in (wanted.first, after and after.travel_date) if d), default=None
    )
    found: list[Seen] = []
    for part in runs(filled(db), first=begin, last=wanted.last):
        question = journal_sql.page(
            eye, wanted, span=part, after=after, limit=limit + 1 - len(found)
        )
        found += seen(eye, db.execute(question).mappings())
        if len(found) > limit:
            return Page(found[:limit], found[limit - 1].place)
    return Page(found, None)


def journey(db: Connection, eye: Eye, movement: UUID) -> Seen | None:
    """Return a journey by its own id, if the reader sees it."""
    of = MOVEMENT.c
    asked = journal_sql.seen(eye).where(
        # Buckets are few, and the key begins with them.
        of.bucket == func.any(literal(list(range(BUCKETS)), ARRAY(SmallInteger))),
        of.movement_id == movement,
        *within(of.travel_date, filled(db)),
        journal_sql.anywhere(eye),
    )
    found = seen(eye, db.execute(asked).mappings())
    return found[0] if found else None


def of_people(
    db: Connection,
    eye: Eye,
    people: Iterable[UUID],
    *,
    months: Months | None = None,
    among: Months | None = None,
) -> list[Seen]:
    """Return the journeys of people that the reader sees, in order of travel.

    Args:
        db: a connection within the reader's walls.
        eye: who looks.
        people: whose.
        months: as ``filled`` gives them, where they were asked for already.
        among: from the first to the last of which; default: all.
    """
    listed = list(dict.fromkeys(people))
    if not listed:
        return []
    held = filled(db) if months is None else months
    if not held:
        return []
    first, end = span(held)
    from_day, to_day = span(among or held)
    given = {
        "buckets": [bucket(person) for person in listed],
        "people": listed,
        "from_day": from_day,
        "to_day": to_day,
        "first": first,
        "end": end,
    }
    return seen(eye, db.execute(journal_sql.of_people(eye), given).mappings())


def matching(
    db: Connection, eye: Eye, wanted: Wanted, journeys: Sequence[Seen]
) -> set[UUID]:
    """Return which of some journeys the filters keep, by their own ids."""
    of = MOVEMENT.c
    buckets = sorted({each.row["bucket"] for each in journeys})
    ids = [each.row["movement_id"] for each in journeys]
    kept = select(of.movement_id).where(
        of.bucket == func.any(literal(buckets, ARRAY(SmallInteger))),
        of.movement_id == func.any(literal(ids, ARRAY(Uuid))),
        *journal_sql.chosen(eye, wanted),
    )
    return set(db.execute(kept).scalars())


def seen(eye: Eye, rows: Iterable[RowMapping]) -> list[Seen]:
    """Return rows of journeys, each with the fields of the sights that see it."""
    flags = [(journal_sql.flag(n), s.fields) for n, s in enumerate(eye.sights)]
    nothing = frozenset[str]()
    return [
        Seen(row, nothing.union(*(fields for name, fields in flags if row[name])))
        for row in rows
    ]

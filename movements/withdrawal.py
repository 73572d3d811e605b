"""A state takes back people that it uploaded; flows follow by negative deltas."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    SmallInteger,
    Uuid,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from boundaries.wall import enter
from movements import flow
from movements.events import bucket
from movements.happened import NotRecorded, Recorded
from movements.replaced import Cause, Going
from movements.source_refs import Known
from movements.standing import Standing, standing
from movements.tables import MOVEMENT, SOURCE_REF
from movements.tombstones import TOMBSTONE
from movements.writing import taken_back

_UNKNOWN = "no journey of this person that you sent"
_UNDER_WAY = "the journey has departed or arrived, and is not taken back"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Whom a state takes back.

    Attributes:
        tenant: LGD code of the state (negative: its sandbox).
        people: unique IDs.
        reason: in words, on one line, without names.
    """

    tenant: int
    people: tuple[UUID, ...]
    reason: str | None = None


def withdrawn(db: Connection, asked: Withdrawal) -> Recorded:
    """Take back the journeys of people whom a state uploaded.

    Journey, profile and mobile index go, a tombstone stays; the state's own row id
    stands for the person still. Sent again it changes nothing.

    Args:
        db: a connection on the upload plane, within a transaction.
        asked: whom; at most ``events.MOST`` people.
    """
    enter(db, tenant=asked.tenant)
    people = list(dict.fromkeys(asked.people))
    found = journeys_of(db, people, tenant=asked.tenant)
    earlier = taken_back_before(db, set(people) - found.keys(), tenant=asked.tenant)
    going: list[Going] = []
    faults: list[NotRecorded] = []
    for person in people:
        journeys = found.get(person, ())
        if any(each.under_way for each in journeys):
            faults.append(NotRecorded(person, "journey_under_way", _UNDER_WAY))
        elif journeys:
            going += [Going(each.known, "withdrawn") for each in journeys]
        elif person not in earlier:
            faults.append(NotRecorded(person, "unknown_person", _UNKNOWN))
    if going:
        sandbox = asked.tenant < 0
        taken_back(db, going, Cause(reason=asked.reason), sandbox=sandbox)
        if not sandbox:
            flow.publish(db)
    applied = len({each.known.person_id for each in going})
    return Recorded(applied, len(people) - applied - len(faults), faults)


def journeys_of(
    db: Connection, people: Sequence[UUID], *, tenant: int
) -> dict[UUID, list[Standing]]:
    """Return the journeys of people that a state sent, locked, with their row ids.

    Row ids are locked first and in order, then journeys: as an upload does.
    """
    refs = sorted(
        row.source_ref for row in _listed(db, people, tenant) if row.source_ref
    )
    if refs:
        db.execute(
            select(SOURCE_REF.c.source_ref)
            .where(
                SOURCE_REF.c.tenant == tenant,
                SOURCE_REF.c.source_ref == func.any(literal(refs)),
            )
            .order_by(SOURCE_REF.c.source_ref)
            .with_for_update()
        )
    # Read again: until the row ids were locked, an upload may have moved a journey.
    known = [
        Known(row.bucket, row.person_id, row.movement_id, row.travel_date, digest=b"")
        for row in _listed(db, people, tenant)
    ]
    journeys: dict[UUID, list[Standing]] = {}
    for each in standing(db, known).values():
        journeys.setdefault(each.row["person_id"], []).append(each)
    return journeys


def _listed(db: Connection, people: Sequence[UUID], tenant: int) -> list[Any]:
    asked = (
        func.unnest(
            literal([bucket(person) for person in people], ARRAY(SmallInteger)),
            literal(list(people), ARRAY(Uuid)),
        )
        .table_valued(column("bucket", SmallInteger), column("person_id", Uuid))
        .render_derived(name="asked")
    )
    of = MOVEMENT.c
    one = (asked.c.bucket == of.bucket) & (asked.c.person_id == of.person_id)
    named = ("bucket", "person_id", "movement_id", "travel_date", "source_ref")
    journeys = select(*(of[name] for name in named)).join_from(asked, MOVEMENT, one)
    return list(db.execute(journeys.where(of.tenant == tenant)))


def taken_back_before(
    db: Connection, people: Iterable[UUID], *, tenant: int
) -> set[UUID]:
    """Return those whom a state took back."""
    listed = list(people)
    if not listed:
        return set()
    of = TOMBSTONE.c
    before = select(of.person_id).where(
        of.bucket == func.any(literal(sorted({bucket(each) for each in listed}))),
        of.person_id == func.any(literal(listed, ARRAY(Uuid))),
        of.tenant == tenant,
        of.kind == "withdrawn",
    )
    return set(db.execute(before).scalars())

"""Record what happened to journeys: events added, stages and flows that follow.

All in the caller's transaction: an event, the stage on the journey and in the vault,
and the flows change together or not at all.
"""

import zlib
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import polars as pl
from sqlalchemy import Column, Connection, Integer, MetaData, RowMapping, Table, select

from boundaries.scope import Scope
from boundaries.wall import enter
from movements import flow
from movements.copying import copied
from movements.event_sql import ASKED, STATE, TOLD, added, moved, sealed_stage
from movements.happened import Happened, NotRecorded, Recorded, Teller
from movements.sight import Eye, seen_at
from movements.stage import (
    RULES,
    Refused,
    Rides,
    State,
    after,
    too_early,
    too_far,
)
from movements.tables import BUCKETS, MOVEMENT
from movements.upload_tables import CHANGE
from movements.vehicle import carriage_of

# Fifteen trains full of people; one transaction.
MOST = 20_000

# From where a journey is seen that something is said of; "tenant": of own uploads.
ENDS_AND_OWN = ("origin", "destination", "tenant")

Changed = list[tuple[RowMapping, State]]

_CHANGES = Table(
    "stage_change",
    MetaData(),
    *(Column(name, MOVEMENT.c[of].type) for name, of in CHANGE.items()),
    Column("n", Integer),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)


def record(db: Connection, happened: Happened, by: Teller) -> Recorded:
    """Record an event of people's journeys.

    Args:
        db: a connection on the upload plane, within a transaction.
        happened: what, and to whom; at most ``MOST`` people.
        by: who says so: of journeys that they see, and whose end of the event's side
            is in their scope.
    """
    enter(db, **by.eye.scope)
    found = _found(db, happened, by)
    faults: list[NotRecorded] = []
    changed: Changed = []
    people = list(dict.fromkeys(happened.people))
    for person in people:
        journey = _journey(person, found.get(person, []))
        if isinstance(journey, NotRecorded):
            faults.append(journey)
            continue
        then = _after(happened, journey, by.eye.today)
        if isinstance(then, NotRecorded):
            faults.append(then)
        elif then != _state(journey):
            changed.append((journey, then))
    if changed:
        _written(db, happened, by, changed)
    unchanged = len(people) - len(changed) - len(faults)
    tenants = Counter(row["tenant"] for row, _ in changed)
    return Recorded(len(changed), unchanged, faults, tenants)


def history(
    db: Connection, person: UUID, *, scope: Scope, eye: Eye
) -> list[RowMapping]:
    """Return what was recorded of a person's journeys, the oldest first.

    Of journeys of which one end is in the scope, and which are seen from there.
    """
    asked = {"asked_buckets": [bucket(person)], "asked_people": [person]}
    told = TOLD.where(seen_at(eye, ENDS_AND_OWN, MOVEMENT.c))
    return list(db.execute(told, scope.parameters() | asked).mappings())


def bucket(person: UUID) -> int:
    """Return the bucket that a person lives in."""
    return zlib.crc32(person.bytes) % BUCKETS


def _found(
    db: Connection, happened: Happened, by: Teller
) -> Mapping[UUID, list[RowMapping]]:
    people = list(dict.fromkeys(happened.people))
    values = by.scope.parameters() | {
        "asked_buckets": [bucket(person) for person in people],
        "asked_people": people,
        "asked_day": happened.travel_date,
        "asked_tenant": by.tenant,
    }
    asked = ASKED[RULES[happened.event].side].where(
        seen_at(by.eye, ENDS_AND_OWN, MOVEMENT.c)
    )
    found: dict[UUID, list[RowMapping]] = {}
    for row in db.execute(asked, values).mappings():
        found.setdefault(row["person_id"], []).append(row)
    return found


def _journey(person: UUID, rows: list[RowMapping]) -> RowMapping | NotRecorded:
    if not rows:
        # One answer for those who do not exist and those of others.
        message = "no journey of this person that you may say this of"
        return NotRecorded(person, "unknown_person", message)
    live = [row for row in rows if row["stage"] != "cancelled"] or rows
    if len(live) > 1:
        days = ", ".join(sorted(row["travel_date"].isoformat() for row in live))
        message = f"journeys on {days}; say which by travel_date"
        return NotRecorded(person, "several_journeys", message)
    return live[0]


def _state(journey: RowMapping) -> State:
    return State(*(journey[name] for name in STATE))


def _after(happened: Happened, journey: RowMapping, today: date) -> State | NotRecorded:
    train = happened.train
    rides = Rides(
        train.number if train else None,
        train.day if train else None,
        happened.vehicle,
    )
    now, day = _state(journey), journey["travel_date"]
    then = after(happened.event, now, mode=journey["mode"], rides=rides)
    if isinstance(then, State):
        then = too_early(now, then, day, today=today) or too_far(rides, day) or then
    if isinstance(then, Refused):
        return NotRecorded(journey["person_id"], then.code, then.message)
    return then


def _written(db: Connection, happened: Happened, by: Teller, changed: Changed) -> None:
    values = {
        "asked_buckets": [row["bucket"] for row, _ in changed],
        "changed_movements": [row["movement_id"] for row, _ in changed],
        "changed_days": [row["travel_date"] for row, _ in changed],
        "event_ids": [uuid4() for _ in changed],
        "carriages": [_carriage(row, then) for row, then in changed],
    }
    for statement in (moved(happened), added(happened, by), sealed_stage()):
        db.execute(statement, values)
    counts = _counts(changed)
    if counts:
        copied(db, _CHANGES, _frame(counts))
        flow.roll_up(db, select(_CHANGES))
        flow.swept(db)
        flow.publish(db)


def _carriage(row: RowMapping, then: State) -> UUID | None:
    if row["tenant"] < 0:  # nobody of a sandbox rode with anybody
        return None
    return carriage_of(
        then.vehicle,
        mode=row["mode"],
        day=row["travel_date"],
        train=(then.train, then.leaves),
    )


def _counts(changed: Changed) -> Counter[tuple[Any, ...]]:
    """Return how many journeys left a stage and came to another, by what flows know."""
    counts: Counter[tuple[Any, ...]] = Counter()
    for row, then in changed:
        if then.stage == row["stage"] or row["tenant"] < 0:  # a sandbox has no flows
            continue
        for stage, n in ((row["stage"], -1), (then.stage, 1)):
            key = (stage if of == "stage" else row[of] for of in CHANGE.values())
            counts[tuple(key)] += n
    return counts


def _frame(counts: Counter[tuple[Any, ...]]) -> pl.DataFrame:
    names = [*CHANGE, "n"]
    rows = (dict(zip(names, (*key, n), strict=True)) for key, n in counts.items())
    return pl.DataFrame([row | {"route_id": row["route_id"].bytes} for row in rows])

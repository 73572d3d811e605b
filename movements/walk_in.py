"""People who arrived on no list, registered where they arrived.

A walk-in is an upload of the state that receives it: the same checks, seals, receipts
and flows. But its journeys have ended when it is sent, and end at whoever sends it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import polars as pl
from sqlalchemy import Connection

from movements.event_sql import added, marked
from movements.happened import Happened, Teller, Train
from movements.ignored import Ignored
from movements.rule import Finding, where
from movements.vehicle import ON_THE_WAY, carriage_of, is_mark

# A desk registers one after the other; a bus or a coach full at once.
MOST = 500

_NO_REF = (
    "a walk-in is known by its unique ID alone; a row id names guardians within these"
    " rows and is not stored"
)


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Where people were registered on arrival, by whom, and what they came in.

    Attributes:
        by: the officer.
        state: LGD code of the state in which each journey has to end.
        district: LGD code of the district, where the officer has one.
        train: of all of them, where it is known.
        vehicle: their coach or bus, as ``vehicle.vehicle_of`` has it.
        guardians: who may look after a minor beside people of the same rows: those
            whom the officer sees.
    """

    by: Teller
    state: int
    district: int | None = None
    train: Train | None = None
    vehicle: str | None = None
    guardians: frozenset[UUID] = frozenset()

    @property
    def wall(self) -> dict[str, int]:
        """Where the database lets rows of it be added."""
        if self.district is None:
            return {"destination": self.state}
        return {"destination_district": self.district}


def findings(rows: pl.DataFrame, of: WalkIn) -> Iterator[Finding]:
    """Yield what is wrong with checked rows as walk-ins."""
    ends = rows["destination_district"]
    away = rows["destination_state"] != of.state
    if of.district is not None:
        away = ends != of.district
    far = where(ends.is_not_null() & away)
    if len(far):
        unit = of.state if of.district is None else of.district
        kind = "state" if of.district is None else "district"
        advice = f"the {kind} that you answer for: LGD {unit}"
        yield Finding("destination_district", "not_your_arrival", far, advice)
    by_bus, by_train = (where(rows["mode"] == mode) for mode in ("bus", "train"))
    if of.train and len(by_bus):
        yield Finding("mode", "not_by_train", by_bus, "send these without the train")
    known = of.train is not None and of.train.day is not None
    if of.vehicle and not known and len(by_train):
        advice = "send the train's number and day as well"
        yield Finding("mode", "no_train", by_train, advice)
    if of.vehicle and len(by_bus) and not is_mark(of.vehicle):
        yield Finding("mode", "not_a_mark", by_bus, "as XX00AB1234")
    yield from _other_day(rows["travel_date"], of)


def _other_day(days: pl.Series, of: WalkIn) -> Iterator[Finding]:
    leaves = of.train.day if of.train else None
    if leaves is None:
        return
    apart = (days - leaves).dt.total_days().abs()
    other = where(days.is_not_null() & (apart > ON_THE_WAY.days))
    if len(other):
        advice = f"at most {ON_THE_WAY.days} days before or after {leaves}"
        yield Finding("travel_date", "other_day", other, advice)


def unnamed(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows without the row ids by which they named each other."""
    return rows.with_columns(source_ref=pl.lit(None, dtype=pl.String))


def not_named(refs: pl.Series) -> tuple[Ignored, ...]:
    """Return the note on row ids, where some were sent."""
    sent = refs.count()
    return (Ignored("source_ref", "walk_in_ref", _NO_REF, sent),) if sent else ()


def registered(db: Connection, rows: pl.DataFrame, of: WalkIn) -> None:
    """Say of journeys just written that they have arrived, on no list, and in what.

    Args:
        db: the connection, within the transaction that wrote them.
        rows: identified rows.
        of: where they were registered.
    """
    train = (of.train.number, of.train.day) if of.train else (None, None)
    people = [UUID(bytes=each) for each in rows["person_id"]]
    days = rows["travel_date"].to_list()
    values = {
        "asked_buckets": rows["bucket"].to_list(),
        "changed_movements": [UUID(bytes=each) for each in rows["movement_id"]],
        "changed_days": days,
        "event_ids": [uuid4() for _ in people],
        "carriages": [
            carriage_of(of.vehicle, mode=mode, day=day, train=train)
            for mode, day in zip(rows["mode"], days, strict=True)
        ],
    }
    happened = Happened("arrived", tuple(people), train=of.train, vehicle=of.vehicle)
    db.execute(marked(happened), values)
    db.execute(added(happened, of.by), values)

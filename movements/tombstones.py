"""What stays of journeys that are gone: that they were, and who may be told so.

A tombstone holds nothing personal and no day: the ends and the state of the journey as
it last stood, for policies to compare, when it went and why. A *superseded* one is of a
version that was corrected; the person's journey goes on.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Connection,
    DateTime,
    RowMapping,
    Select,
    SmallInteger,
    Table,
    Text,
    Uuid,
    false,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ENUM

from boundaries.tables import METADATA
from movements.events import bucket
from movements.flow import STAGE
from movements.sight import Eye, Sight, predicate
from movements.tables import PERMISSION

KINDS = ("withdrawn", "superseded", "erased")
KIND = ENUM(*KINDS, name="tombstone_kind", schema="nmis", metadata=METADATA)

TOMBSTONE = Table(
    "tombstone",
    METADATA,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("person_id", Uuid, primary_key=True),
    Column("tombstone_id", Uuid, primary_key=True),
    Column("kind", KIND, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by_role", Text, nullable=False),
    Column("tenant", SmallInteger, nullable=False),
    Column("origin_state", SmallInteger, nullable=False),
    Column("destination_state", SmallInteger, nullable=False),
    Column("origin_district", SmallInteger, nullable=False),
    Column("destination_district", SmallInteger, nullable=False),
    Column("transit", ARRAY(SmallInteger), nullable=False),
    Column("stage", STAGE, nullable=False),
    Column("permission", PERMISSION, nullable=False),
    Column("requisitioned", Boolean, nullable=False),
    Column("successor", Uuid),
    Column("batch_id", Uuid),
    Column("fields", ARRAY(Text)),
    Column("reason", Text),
    comment="What stays of journeys that were withdrawn, corrected or erased.",
)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a person: ``withdrawn`` or ``erased``, and when."""

    kind: str
    at: datetime


def fate_of(db: Connection, person: UUID, *, looking: Eye) -> Fate | None:
    """Return what became of a person of whom no journey is seen any more.

    ``None`` where there is no such person, or where the reader saw none of theirs: to
    them they are unknown, and are answered so.

    Args:
        db: a connection, within the reader's walls.
        person: a unique ID.
        looking: who asks.
    """
    gone = TOMBSTONE.c.kind.in_(["withdrawn", "erased"])
    newest = _seen(person, looking).where(gone).order_by(TOMBSTONE.c.at.desc())
    row = db.execute(newest.limit(1)).mappings().one_or_none()
    return Fate(row["kind"], row["at"]) if row else None


def versions(db: Connection, person: UUID, *, looking: Eye) -> list[RowMapping]:
    """Return what was withdrawn or corrected of a person's journeys, the oldest first.

    Of a correction: the names of the fields that changed, and where the journey stood.
    """
    of = TOMBSTONE.c
    told = _seen(person, looking).order_by(of.at, of.tombstone_id)
    return list(db.execute(told).mappings())


def _seen(person: UUID, looking: Eye) -> Select[Any]:
    of = TOMBSTONE.c
    names = ("kind", "at", "by_role", "stage", "permission", "fields", "reason")
    return select(*(of[name] for name in names)).where(
        of.bucket == bucket(person),
        of.person_id == person,
        or_(false(), *(predicate(looking, each, of) for each in _timeless(looking))),
    )


def _timeless(looking: Eye) -> list[Sight]:
    """Return the sights at which the reader stands and that look at no day."""
    sides = looking.sides()
    return [
        sight
        for sight in looking.sights
        if sight.side in sides and sight.first_day is None and sight.last_day is None
    ]

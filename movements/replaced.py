"""Journeys that go: replaced by a correction, or withdrawn; what stays of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import polars as pl
from sqlalchemy import Connection, Text, cast, delete, func, insert, literal, select
from sqlalchemy import update as update_of
from sqlalchemy.schema import CreateTable

from movements.aadhaar_tables import NUMBER
from movements.copying import copied
from movements.source_refs import WITHDRAWN, Known
from movements.tables import MOVEMENT, PROFILE, SOURCE_REF
from movements.tombstones import KIND, TOMBSTONE
from movements.upload_tables import CHANGE, GONE, OF_TOMBSTONE, OLD


@dataclass(frozen=True, slots=True)
class Going:
    """A journey that goes.

    Attributes:
        known: which.
        kind: of ``tombstones.KINDS``.
        fields: names of what a correction changes.
    """

    known: Known
    kind: str = "superseded"
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """Who lets journeys go, by which batch, and why (in words without names)."""

    by_role: str = "uploader"
    batch_id: UUID | None = None
    reason: str | None = None


def removed(db: Connection, going: Sequence[Going], cause: Cause) -> bool:
    """Remove journeys and their profiles; what they counted goes to ``GONE``.

    A tombstone of each stays. A state's own row ids of those withdrawn stand for their
    persons still, so that a row sent again brings the same person back.

    Returns:
        Whether there was anything to remove, so that ``GONE`` is there.
    """
    if not going:
        return False
    copied(db, OLD, _frame(going))
    db.execute(CreateTable(GONE))
    for month in sorted({each.known.travel_date.replace(day=1) for each in going}):
        _removed_of(db, month)
    _marked(db, cause)
    if any(each.kind == "withdrawn" for each in going):
        _freed(db)
    return True


def _frame(going: Sequence[Going]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (
                each.known.bucket,
                each.known.person_id.bytes,
                each.known.movement_id.bytes,
                each.known.travel_date,
                uuid4().bytes,
                each.kind,
                ",".join(each.fields) or None,
            )
            for each in going
        ],
        schema=[column.name for column in OLD.columns],
        schema_overrides={"fields": pl.String},
        orient="row",
        infer_schema_length=None,
    )


def _removed_of(db: Connection, month: date) -> None:
    # The month stands as a value, so that one partition is opened and not all.
    later = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    kept = {**CHANGE, **{name: name for name in (*OF_TOMBSTONE, "source_ref")}}
    journey = (
        delete(MOVEMENT)
        .where(
            MOVEMENT.c.bucket == OLD.c.bucket,
            MOVEMENT.c.movement_id == OLD.c.movement_id,
            MOVEMENT.c.travel_date == OLD.c.travel_date,
            MOVEMENT.c.travel_date >= month,
            MOVEMENT.c.travel_date < later,
        )
        .returning(*(MOVEMENT.c[of].label(name) for name, of in kept.items()))
        .cte("went")
    )
    db.execute(insert(GONE).from_select(list(kept), select(journey)))
    for held in (PROFILE, NUMBER):
        db.execute(
            delete(held).where(
                held.c.bucket == OLD.c.bucket,
                held.c.person_id == OLD.c.person_id,
                held.c.purge_month == month,
            )
        )


def _marked(db: Connection, cause: Cause) -> None:
    of = GONE.c
    values = {
        **{name: of[name] for name in OF_TOMBSTONE if name != "movement_id"},
        "origin_state": of.origin_state,
        "destination_state": of.destination_state,
        "origin_district": of.origin,
        "destination_district": of.destination,
        "stage": of.status,
        "tombstone_id": OLD.c.tombstone_id,
        "kind": cast(OLD.c.kind, KIND),
        "fields": func.string_to_array(OLD.c.fields, ","),
        "at": func.now(),
        "by_role": literal(cause.by_role),
        "batch_id": literal(cause.batch_id, TOMBSTONE.c.batch_id.type),
        "reason": cast(cause.reason, Text),
    }
    went = select(*values.values()).join_from(
        GONE, OLD, of.movement_id == OLD.c.movement_id
    )
    db.execute(insert(TOMBSTONE).from_select(list(values), went))


def _freed(db: Connection) -> None:
    db.execute(
        update_of(SOURCE_REF)
        .where(
            SOURCE_REF.c.tenant == GONE.c.tenant,
            SOURCE_REF.c.source_ref == GONE.c.source_ref,
            GONE.c.movement_id == OLD.c.movement_id,
            OLD.c.kind == "withdrawn",
        )
        .values(digest=WITHDRAWN)
    )

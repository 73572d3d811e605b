"""Which rows a state has sent before, and the locks that keep two uploads apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import (
    Column,
    Connection,
    Date,
    LargeBinary,
    MetaData,
    Select,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from movements.binary_rows import Packed, days, numbers, packed, texts, uuids
from movements.copying import copied_packed
from movements.tables import SOURCE_REF

_SENT = Table(
    "upload_ref",
    MetaData(),
    Column("source_ref", Text),
    Column("bucket", SmallInteger),
    Column("person_id", Uuid),
    Column("movement_id", Uuid),
    Column("travel_date", Date),
    Column("digest", LargeBinary),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
COLUMNS = tuple(column.name for column in _SENT.columns)


@dataclass(frozen=True, slots=True)
class Known:
    """A row sent before: whose it is, and the journey it stood for."""

    bucket: int
    person_id: UUID
    movement_id: UUID
    travel_date: date
    digest: bytes


def known(db: Connection, refs: Sequence[str], *, tenant: int) -> dict[str, Known]:
    """Return those of a state's row ids that stand already; nothing is locked."""
    found = select(SOURCE_REF).where(
        SOURCE_REF.c.tenant == tenant,
        SOURCE_REF.c.source_ref == func.any(literal(list(refs))),
    )
    return _by_ref(db, found)


def claimed(db: Connection, sent: pl.DataFrame, *, tenant: int) -> dict[str, Known]:
    """Write the row ids of a batch and return those that stood already, as they were.

    New ids are inserted and old ones locked, both in order of the ids: of two uploads
    of the same ids one waits for the other, never each for the other.

    Args:
        sent: ``COLUMNS``; UUIDs as bytes.
        db: a connection on the upload plane.
        tenant: LGD code of the state.
    """
    copied_packed(db, _SENT, _packed(sent))
    ours = select(literal(tenant), *_SENT.columns).order_by(_SENT.c.source_ref)
    written = db.execute(
        insert(SOURCE_REF)
        .from_select(["tenant", *COLUMNS], ours)
        .on_conflict_do_nothing()
        .execution_options(preserve_rowcount=True)
    )
    if written.rowcount == sent.height:
        return {}
    same = (SOURCE_REF.c.tenant == tenant) & (
        SOURCE_REF.c.source_ref == _SENT.c.source_ref
    )
    before = (
        select(SOURCE_REF)
        .join(_SENT, same)
        .where(SOURCE_REF.c.movement_id != _SENT.c.movement_id)
        .order_by(SOURCE_REF.c.source_ref)
        .with_for_update(of=SOURCE_REF)
    )
    stood = _by_ref(db, before)
    db.execute(
        update(SOURCE_REF)
        .where(same, SOURCE_REF.c.digest != _SENT.c.digest)
        .values(travel_date=_SENT.c.travel_date, digest=_SENT.c.digest)
    )
    return stood


def _packed(sent: pl.DataFrame) -> Packed:
    fixed = {
        "bucket": numbers(sent["bucket"], "i2"),
        "person_id": uuids(sent["person_id"]),
        "movement_id": uuids(sent["movement_id"]),
        "travel_date": days(sent["travel_date"]),
    }
    cells = {
        "source_ref": texts(sent["source_ref"]),
        "digest": sent["digest"].to_list(),
    }
    return packed(fixed, cells)


def _by_ref(db: Connection, question: Select[Any]) -> dict[str, Known]:
    return {
        row.source_ref: Known(
            bucket=row.bucket,
            person_id=row.person_id,
            movement_id=row.movement_id,
            travel_date=row.travel_date,
            digest=bytes(row.digest),
        )
        for row in db.execute(question)
    }

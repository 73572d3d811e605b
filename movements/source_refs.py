"""Which rows a state has sent before, and the locks that keep two uploads apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    LargeBinary,
    MetaData,
    Row,
    Select,
    SmallInteger,
    Table,
    Text,
    Uuid,
    case,
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

Days = tuple[date, date]

# The digest of a row id whose person was withdrawn: no row has it, so that a row sent
# again is another, and brings the person back.
WITHDRAWN = b""


@dataclass(frozen=True, slots=True)
class Known:
    """A row sent before: whose it is, and the journey it stood for."""

    bucket: int
    person_id: UUID
    movement_id: UUID
    travel_date: date
    digest: bytes

    @property
    def withdrawn(self) -> bool:
        """Whether its journey is gone."""
        return self.digest == WITHDRAWN


def known(db: Connection, refs: Sequence[str], *, tenant: int) -> dict[str, Known]:
    """Return those of a state's row ids that stand already; nothing is locked."""
    found = select(SOURCE_REF).where(
        SOURCE_REF.c.tenant == tenant,
        SOURCE_REF.c.source_ref == func.any(literal(list(refs))),
    )
    return _by_ref(db.execute(found))


def claimed(
    db: Connection, sent: pl.DataFrame, *, tenant: int, days: Days | None = None
) -> dict[str, Known]:
    """Write the row ids of a batch and return those that stood already, as they were.

    New ids are inserted and old ones locked, both in order of the ids: of two uploads
    of the same ids one waits for the other, never each for the other. ``settled``
    writes what the old ones stand for from now on.

    Args:
        sent: ``COLUMNS``; UUIDs as bytes.
        db: a connection on the upload plane.
        tenant: LGD code of the state.
        days: a first and a last travel date; the state's other row ids of these days
            are locked as well (in the same order) and returned, for a snapshot that
            takes back what it does not name.
    """
    copied_packed(db, _SENT, _packed(sent))
    ours = select(literal(tenant), *_SENT.columns).order_by(_SENT.c.source_ref)
    written = (
        insert(SOURCE_REF)
        .from_select(["tenant", *COLUMNS], ours)
        .on_conflict_do_nothing()
        .execution_options(preserve_rowcount=True)
    )
    before = _before(tenant, days)
    sent_refs, new = set(sent["source_ref"]), 0
    found: dict[str, Known] = {}
    while True:
        new += db.execute(written).rowcount
        if new < sent.height or days is not None:
            found = _by_ref(db.execute(before))
        # An id that stood, and was erased while its lock was waited for, is new.
        if new + len(sent_refs & found.keys()) >= len(sent_refs):
            return found


def _before(tenant: int, days: Days | None) -> Select[Any]:
    named = _SENT.c.source_ref.is_not(None)
    return (
        select(SOURCE_REF)
        .outerjoin(_SENT, _same(tenant))
        .where(
            SOURCE_REF.c.tenant == tenant,
            _SENT.c.movement_id.is_distinct_from(SOURCE_REF.c.movement_id),
            named if days is None else named | SOURCE_REF.c.travel_date.between(*days),
        )
        .order_by(SOURCE_REF.c.source_ref)
        .with_for_update(of=SOURCE_REF)
    )


def of_days(db: Connection, days: Days, *, tenant: int) -> dict[str, Known]:
    """Return a state's row ids of some days of travel; nothing is locked."""
    found = select(SOURCE_REF).where(
        SOURCE_REF.c.tenant == tenant, SOURCE_REF.c.travel_date.between(*days)
    )
    return _by_ref(db.execute(found))


def settled(db: Connection, refs: Sequence[str], *, tenant: int) -> None:
    """Let row ids that stood already stand for what was sent of them.

    Those of persons who were withdrawn stand for a new journey of the same person.
    """
    gone = SOURCE_REF.c.digest == WITHDRAWN
    then = case(
        (gone, _SENT.c.movement_id),
        else_=SOURCE_REF.c.movement_id,
    )
    db.execute(
        update(SOURCE_REF)
        .where(
            _same(tenant),
            SOURCE_REF.c.digest != _SENT.c.digest,
            SOURCE_REF.c.source_ref == func.any(literal(list(refs))),
        )
        .values(
            travel_date=_SENT.c.travel_date, digest=_SENT.c.digest, movement_id=then
        )
    )


def _same(tenant: int) -> ColumnElement[bool]:
    return (SOURCE_REF.c.tenant == tenant) & (
        SOURCE_REF.c.source_ref == _SENT.c.source_ref
    )


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


def _by_ref(rows: Iterable[Row[Any]]) -> dict[str, Known]:
    return {
        row.source_ref: Known(
            bucket=row.bucket,
            person_id=row.person_id,
            movement_id=row.movement_id,
            travel_date=row.travel_date,
            digest=bytes(row.digest),
        )
        for row in rows
    }

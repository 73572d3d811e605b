"""Rows of two tenants in tables that the crowd left empty, by their columns' kinds."""

from datetime import date
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Connection,
    Date,
    MetaData,
    Table,
    cast,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import DropTable
from sqlalchemy.types import Boolean, DateTime, Float, LargeBinary, Numeric, Uuid

from movements.tables import MOVEMENT
from movements.tombstones import KIND, TOMBSTONE

# Where a table's own rules ask for one of some words.
WORDS = {
    ("upload_job", "state"): "queued",
    ("webhook_message", "state"): "waiting",
    ("upload_job", "mode"): "partial",
    ("own_request", "kind"): "access",
    ("own_request", "state"): "open",
    ("own_request", "origin_state"): 27,
    ("own_request", "origin_district"): 490,
}
VALUES = (
    (ARRAY, []),
    (JSONB, {}),
    (Boolean, False),
    (DateTime, func.now()),
    (Date, date(2020, 5, 1)),
    (LargeBinary, b"\1" * 32),
    (Uuid, UUID(int=5)),
    (Float, 1),
    (Numeric, 1),
)


def fill(db: Connection, table: Table, *tenants: int) -> None:
    """Add a row of each tenant to an empty table, as a superuser, no key looked up."""
    if db.execute(select(func.count()).select_from(table)).scalar_one():
        return
    db.execute(text("SET LOCAL session_replication_role = replica"))
    for tenant in tenants:
        row = {
            column.name: _value(table.name, column)
            for column in table.columns
            if not column.nullable and column.server_default is None
        }
        keys = {name: UUID(int=tenant) for name in row if isinstance(row[name], UUID)}
        db.execute(insert(table).values(row | keys | {"tenant": tenant}))


def bury(db: Connection) -> None:
    """Add a tombstone of each journey, as the journey stands."""
    named = set(TOMBSTONE.c.keys()) & set(MOVEMENT.c.keys())
    names = sorted(named - {"batch_id"})
    rows = select(
        *(MOVEMENT.c[name] for name in names),
        MOVEMENT.c.movement_id,
        cast("superseded", KIND),
        func.now(),
        literal("uploader"),
    )
    into = [*names, "tombstone_id", "kind", "at", "by_role"]
    db.execute(insert(TOMBSTONE).from_select(into, rows))


def keep_months(db: Connection, *months: date) -> None:
    """Drop every month's partition but some: plans over few are made in no time."""
    kept = {f"{month:%Y%m}" for month in months}
    children = text(
        "SELECT inhrelid::regclass::text FROM pg_inherits JOIN pg_class c"
        " ON c.oid = inhrelid WHERE c.relkind = 'r' AND inhparent IN"
        " ('nmis.movement'::regclass, 'nmis.movement_event'::regclass,"
        " 'vault.profile'::regclass)"
    )
    for name in db.execute(children).scalars().all():
        if name[-6:] not in kept:
            db.execute(
                DropTable(Table(name.split(".")[1], MetaData(name.split(".")[0])))
            )


def _value(table: str, column):
    if (table, column.name) in WORDS:
        return WORDS[table, column.name]
    for kind, value in VALUES:
        if isinstance(column.type, kind):
            return value
    if getattr(column.type, "enums", None):
        return column.type.enums[0]
    return "1" if column.type.python_type is str else 1

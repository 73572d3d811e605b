"""Tables of the audit log: entries, and the signed roots of their chains."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    case,
    cast,
)
from sqlalchemy.dialects.postgresql import ARRAY, ENUM

from boundaries.tables import METADATA
from gis_service.audit.purposes import Purpose

# Instants that Python has; PostgreSQL has more, and only a forger would write them.
YEARS = ("0001-01-02", "9999-12-30")

PURPOSE = ENUM(*map(str, Purpose), name="purpose", schema="audit", metadata=METADATA)

ENTRY = Table(
    "entry",
    METADATA,
    Column("writer", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("plane", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("token_id", Text),
    Column("purpose", PURPOSE, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject", Uuid),
    Column("people", ARRAY(Uuid), nullable=False),
    Column("n", Integer, nullable=False),
    Column("request_id", Text, nullable=False),
    Column("prev", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("case_ref", Text),
    schema="audit",
    comment="The audit log: one chain of hashes for each writer.",
)
BY_INSTANT = Index("entry_by_instant", ENTRY.c.at, ENTRY.c.writer, ENTRY.c.seq)
BY_PERSON = Index(
    "entry_by_person",
    ENTRY.c.people,
    postgresql_using="gin",
    postgresql_with={"gin_pending_list_limit": 256},
)

ROOT = Table(
    "root",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("reason", Text, nullable=False),
    Column("prev", LargeBinary, nullable=False),
    Column("key_id", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    CheckConstraint("number > 0", name="root_number"),
    schema="audit",
    comment="Signed statements of how far the chains have come.",
)

HEAD = Table(
    "head",
    METADATA,
    Column("writer", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("cut", Boolean, primary_key=True),
    Column("number", BigInteger, ForeignKey("audit.root.number"), nullable=False),
    Column("hash", LargeBinary, nullable=False),
    schema="audit",
    comment="What a root says of a writer; up to a cut, entries may have been removed.",
)
BY_NUMBER = Index(
    "head_by_number", HEAD.c.number, HEAD.c.cut, HEAD.c.writer, HEAD.c.seq
)


def readable(table: Table) -> list[ColumnElement[Any]]:
    """Return the columns of a table; an instant that Python has not reads as NULL."""
    first, last = (cast(each, DateTime(timezone=True)) for each in YEARS)
    known = case((table.c.at.between(first, last), table.c.at)).label("at")
    return [known if each.name == "at" else each for each in table.c]

"""Tables of the end of data: which months go, how far that is, what stays of it."""

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from boundaries.tables import METADATA
from movements.wrapping import WRAPPED


def _run() -> list[Column[object]]:
    return [
        Column("month", Date, primary_key=True),
        Column("run", SmallInteger, primary_key=True, autoincrement=False),
    ]


PURGE_RUN = Table(
    "purge_run",
    METADATA,
    *_run(),
    Column("view_ends", Date, nullable=False),
    Column("floor_ends", Date, nullable=False),
    Column("archived_at", DateTime(timezone=True)),
    Column("destroyed_at", DateTime(timezone=True)),
    comment="Months whose people go: when they leave view, when their archive ends.",
)

PURGE = Table(
    "purge",
    METADATA,
    *_run(),
    Column("step", Text, primary_key=True),
    Column(
        "started", DateTime(timezone=True), nullable=False, server_default=func.now()
    ),
    Column("done", DateTime(timezone=True)),
    Column("counts", JSONB, nullable=False, server_default="{}"),
    comment="How far each purge has come; a killed one goes on.",
)

PURGE_PERSON = Table(
    "purge_person",
    METADATA,
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("person_id", Uuid, primary_key=True),
    Column("month", Date),
    Column("run", SmallInteger),
    comment="Who is being forgotten, while a purge works.",
)

PURGE_PROOF = Table(
    "purge_proof",
    METADATA,
    *_run(),
    Column("phase", Text, primary_key=True),
    Column("statement", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    comment="Signed statements of what was erased.",
)

ERASED = Table(
    "erased",
    METADATA,
    Column("hash", LargeBinary, primary_key=True),
    Column("gone", Date, nullable=False),
    comment="Keyed hashes of unique IDs whose people are gone, so that this can be"
    " told.",
)

ERASED_REF = Table(
    "erased_ref",
    METADATA,
    Column("hash", LargeBinary, primary_key=True),
    Column("gone", Date, nullable=False),
    comment="Keyed hashes of row ids whose people were erased on request, so that they"
    " stay so.",
)

SCRUB = Table(
    "scrub",
    METADATA,
    Column("relation", Text, primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False, server_default=func.now()),
    comment="Tables that hold dead rows of people, to be rewritten.",
)

ARCHIVE = Table(
    "archive",
    METADATA,
    *_run(),
    Column("key_id", Text, nullable=False),
    Column("wrapped", LargeBinary, nullable=False, info=WRAPPED),
    Column(
        "made_at", DateTime(timezone=True), nullable=False, server_default=func.now()
    ),
    schema="vault",
    comment="Keys of sealed archives, wrapped under the key-encryption key.",
)

ARCHIVE_PART = Table(
    "archive_part",
    METADATA,
    *_run(),
    Column("of", Text, primary_key=True),
    Column("bucket", SmallInteger, primary_key=True, autoincrement=False),
    Column("rows", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    schema="vault",
    comment="People out of view, sealed: lines of JSON of a table and bucket, with"
    " gzip.",
)

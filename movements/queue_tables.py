"""Tables of uploads that wait: jobs, sealed bodies in parts and pieces, results."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from boundaries.tables import METADATA
from movements.wrapping import WRAPPED

_OPEN = ("receiving", "queued", "working")


def _key(*more: str) -> list[Column[Any]]:
    return [
        Column("tenant", SmallInteger, primary_key=True, autoincrement=False),
        Column("job_id", Uuid, primary_key=True),
        *(Column(name, Integer, primary_key=True) for name in more),
    ]


def _of(table: str, *key: str) -> ForeignKeyConstraint:
    there = [f"nmis.{table}.{name}" for name in key]
    return ForeignKeyConstraint(key, there, ondelete="CASCADE")


def _number(name: str, kind: Any = Integer) -> Column[Any]:  # noqa: ANN401 - a type
    return Column(name, kind, nullable=False, server_default="0")


def _instant(name: str, **more: Any) -> Column[Any]:  # noqa: ANN401 - a column's own
    return Column(name, DateTime(timezone=True), **more)


QUEUE_KEY = Table(
    "queue_key",
    METADATA,
    Column("tenant", SmallInteger, primary_key=True, autoincrement=False),
    Column("made_on", Date, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False, info=WRAPPED),
    comment="Wrapped keys of uploads that wait, by state and day.",
)

UPLOAD_JOB = Table(
    "upload_job",
    METADATA,
    *_key(),
    _instant("created_at", nullable=False, server_default=func.now()),
    Column("state", Text, nullable=False),
    Column("idempotency_key", Text),
    Column("digest", LargeBinary, nullable=False),
    Column("manner", JSONB, nullable=False),
    Column("media", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("token_id", Text),
    Column("request_id", Text, nullable=False),
    Column("key_made_on", Date, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", LargeBinary),
    _instant("expires_at"),
    Column("rows_total", Integer),
    Column("is_checked", Boolean, nullable=False, server_default=false()),
    _number("rows_done"),
    _number("slices"),
    _number("attempts", SmallInteger),
    Column("lease", Uuid),
    _instant("lease_until"),
    _instant("not_before"),
    _instant("ended_at"),
    Column("reason_code", Text),
    Column("reason", Text),
    UniqueConstraint("tenant", "idempotency_key"),
    comment="Uploads that are worked off after they are answered.",
)
Index(
    "upload_job_open",
    UPLOAD_JOB.c.state,
    UPLOAD_JOB.c.created_at,
    postgresql_where=UPLOAD_JOB.c.state.in_(_OPEN),
)

UPLOAD_PART = Table(
    "upload_part",
    METADATA,
    *_key("part"),
    Column("size", Integer, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    _of("upload_job", "tenant", "job_id"),
    comment="What has come of a waiting upload's body.",
)

UPLOAD_PIECE = Table(
    "upload_piece",
    METADATA,
    *_key("part", "piece"),
    Column("sealed", LargeBinary, nullable=False),
    _of("upload_part", "tenant", "job_id", "part"),
    comment="Sealed bytes of a part, about 1 MB each.",
)

UPLOAD_SLICE = Table(
    "upload_slice",
    METADATA,
    *_key("slice"),
    *(
        Column(name, Integer, nullable=False)
        for name in ("first_row", "rows", "accepted", "refused")
    ),
    Column("batch_id", Uuid),
    Column("receipt", JSONB),
    _of("upload_job", "tenant", "job_id"),
    comment="What became of an upload's rows, 20,000 at a time: a batch, or what a"
    " trial says.",
)

UPLOAD_TURN = Table(
    "upload_turn",
    METADATA,
    Column("tenant", SmallInteger, primary_key=True, autoincrement=False),
    _instant("served_at", nullable=False),
    comment="When each state's uploads were last turned to.",
)

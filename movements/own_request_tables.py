"""The table of what people ask of their own data."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
)

from boundaries.tables import METADATA
from movements.wrapping import WRAPPED

KINDS = ("access", "correction", "erasure")
STATES = ("open", "done", "refused")

OWN_REQUEST = Table(
    "own_request",
    METADATA,
    Column("tenant", SmallInteger, primary_key=True, autoincrement=False),
    Column("request_id", Uuid, primary_key=True),
    Column("bucket", SmallInteger),
    Column("person_id", Uuid),
    Column("origin_state", SmallInteger, nullable=False),
    Column("origin_district", SmallInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("wrapped_text", LargeBinary, info=WRAPPED),
    Column("proof", LargeBinary),
    Column("state", Text, nullable=False),
    Column(
        "filed_at", DateTime(timezone=True), nullable=False, server_default=func.now()
    ),
    Column("filed_by", Text, nullable=False),
    Column("answered_at", DateTime(timezone=True)),
    Column("answered_by", Text),
    Column("answer", Text),
    Index("own_request_by_origin", "origin_state", "state", "filed_at", "request_id"),
    CheckConstraint(
        "kind IN ('access', 'correction', 'erasure')", name="own_request_kind"
    ),
    CheckConstraint("state IN ('open', 'done', 'refused')", name="own_request_state"),
    comment="What people ask of their own data: access, correction, erasure.",
)

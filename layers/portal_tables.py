"""Tables of portals: registered sources, what was fetched, what it tells."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from boundaries.tables import METADATA

NOW = func.now()

PORTAL_SNAPSHOT = Table(
    "portal_snapshot",
    METADATA,
    Column("snapshot_id", BigInteger, Identity(always=True), primary_key=True),
    Column("name", Text, nullable=False),
    Column("fetched_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    # When the source last told us that this is still what it has.
    Column("checked_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("data_date", Date),
    Column("digest", LargeBinary, nullable=False),
    Column("district_set", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("matched", Integer, nullable=False),
    Column("unmatched", Integer, nullable=False),
    Column("faults", JSONB, nullable=False),
    Column("attribution", Text, nullable=False),
    Column("licence", Text, nullable=False),
    comment="Answers of portals that could be used.",
)

PORTAL_VALUE = Table(
    "portal_value",
    METADATA,
    Column(
        "snapshot_id",
        BigInteger,
        ForeignKey(PORTAL_SNAPSHOT.c.snapshot_id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("code", SmallInteger, primary_key=True, autoincrement=False),
    Column("day", Date),
    Column("counts", JSONB, nullable=False),
    comment="What a snapshot tells of each district.",
)

PORTAL_SOURCE = Table(
    "portal_source",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("dialect", Text, nullable=False),
    # Our name of a column, and the source's.
    Column("fields", JSONB, nullable=False),
    Column("date_format", Text),
    Column("networks", ARRAY(Text), nullable=False),
    Column("ports", ARRAY(Integer), nullable=False),
    Column("token_file", Text),
    Column("attribution", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("refresh_hours", Integer, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=NOW),
    Column("tried_at", DateTime(timezone=True)),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failing_since", DateTime(timezone=True)),
    Column("failure", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("snapshot_id", BigInteger, ForeignKey(PORTAL_SNAPSHOT.c.snapshot_id)),
    comment="Registered sources: where each is, and how its last tries went.",
)

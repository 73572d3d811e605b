"""Tables of connectors: how far each was pulled, and the batch that a page became."""

from sqlalchemy import Column, DateTime, Integer, SmallInteger, Table, Text, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB

from boundaries.tables import METADATA

CONNECTOR = Table(
    "connector",
    METADATA,
    Column("tenant", SmallInteger, primary_key=True, autoincrement=False),
    Column("run_id", Uuid),
    Column("pages", Integer, nullable=False),
    Column("place", JSONB),
    Column("since", Text),
    Column("since_next", Text),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("pulled_at", DateTime(timezone=True)),
    Column("failures", Integer, nullable=False),
    Column("failing_since", DateTime(timezone=True)),
    Column("failure", Text),
    comment="How far each state's own platform has been pulled.",
)

CONNECTOR_PAGE = Table(
    "connector_page",
    METADATA,
    Column("tenant", SmallInteger, primary_key=True, autoincrement=False),
    Column("run_id", Uuid, primary_key=True),
    Column("page", Integer, primary_key=True, autoincrement=False),
    Column("batch_id", Uuid, nullable=False),
    Column(
        "taken_at", DateTime(timezone=True), nullable=False, server_default=func.now()
    ),
    Column("rows", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    comment="The batch that each pulled page became.",
)

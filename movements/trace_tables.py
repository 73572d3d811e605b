"""The table of questions for contacts; it says nothing of whom they were about."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Index, Table, Text, Uuid

from boundaries.tables import METADATA

# Answered within the quota, or: waiting for a second, who approved or declined; used
# once it was answered after all.
STATES = ("answered", "waiting", "approved", "declined", "used")

TRACE = Table(
    "trace",
    METADATA,
    Column("trace_id", Uuid, primary_key=True),
    Column("asker", Text, nullable=False),
    Column("case_ref", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    CheckConstraint(f"state IN {STATES}", name="trace_state_check"),
    CheckConstraint("decided_by <> asker", name="trace_check"),
    CheckConstraint(
        "(state IN ('approved', 'declined', 'used'))"
        " = (decided_by IS NOT NULL AND decided_at IS NOT NULL)",
        name="trace_decided",
    ),
    Index("trace_by_asker", "asker", "day"),
    comment="Questions for contacts, by asker and day; not whom they were about.",
)

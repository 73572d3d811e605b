"""Tables of webhooks: whom a state wants told, and what waits to be told."""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from boundaries.tables import METADATA
from movements.wrapping import WRAPPED


def _instant(name: str, **more: Any) -> Column[Any]:  # noqa: ANN401 - a column's own
    return Column(name, DateTime(timezone=True), **more)


def _key(name: str, kind: Any) -> Column[Any]:  # noqa: ANN401 - a column's own
    return Column(name, kind, primary_key=True, autoincrement=False)


WEBHOOK = Table(
    "webhook",
    METADATA,
    _key("tenant", SmallInteger),
    _key("webhook_id", Uuid),
    Column("url", Text, nullable=False),
    Column("events", ARRAY(Text), nullable=False),
    Column("wrapped", LargeBinary, nullable=False, info=WRAPPED),
    _instant("created_at", nullable=False, server_default=func.now()),
    _instant("delivered_at"),
    _instant("failing_since"),
    Column("failure", Text),
    _instant("disabled_at"),
    Column("disabled_reason", Text),
    comment="Addresses that states want told; the secret is wrapped.",
)

WEBHOOK_MESSAGE = Table(
    "webhook_message",
    METADATA,
    _key("tenant", SmallInteger),
    _key("webhook_id", Uuid),
    _key("message_id", Uuid),
    Column("event", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    _instant("made_at", nullable=False, server_default=func.now()),
    Column("state", Text, nullable=False),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    _instant("due_at", nullable=False, server_default=func.now()),
    _instant("ended_at"),
    Column("failure", Text),
    ForeignKeyConstraint(
        ["tenant", "webhook_id"],
        [WEBHOOK.c.tenant, WEBHOOK.c.webhook_id],
        ondelete="CASCADE",
    ),
    CheckConstraint(
        "state IN ('waiting', 'delivered', 'dead')", name="webhook_message_state"
    ),
    comment="The outbox: written with what it tells. Counts and ids of batches, no"
    " person.",
)
Index(
    "webhook_message_due",
    WEBHOOK_MESSAGE.c.due_at,
    postgresql_where=WEBHOOK_MESSAGE.c.state == "waiting",
)
Index(
    "webhook_message_ended",
    WEBHOOK_MESSAGE.c.ended_at,
    postgresql_where=WEBHOOK_MESSAGE.c.state != "waiting",
)

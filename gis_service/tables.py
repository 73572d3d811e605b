"""Tables of the service itself: access tokens."""

from sqlalchemy import (
    Column,
    DateTime,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    func,
)

from boundaries.tables import METADATA

ACCESS_TOKEN = Table(
    "access_token",
    METADATA,
    Column("token_id", Text, primary_key=True),
    Column("hash", LargeBinary, nullable=False),
    Column("role", Text, nullable=False),
    Column("state_code", SmallInteger),
    Column("district_code", SmallInteger),
    Column("label", Text, nullable=False),
    Column(
        "issued_at", DateTime(timezone=True), nullable=False, server_default=func.now()
    ),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    comment="Hashed bearer tokens; the secret itself is never stored.",
)

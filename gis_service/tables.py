"""Tables of the service itself: access tokens, accounts, sessions, attempts."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
)

from boundaries.tables import METADATA


def _grant(*, nullable: bool = False) -> list[Column[Any]]:
    """Return the columns that say what somebody may: a role and its unit."""
    return [
        Column("role", Text, nullable=nullable),
        Column("state_code", SmallInteger),
        Column("district_code", SmallInteger),
    ]


def _instant(name: str, **more: Any) -> Column[Any]:  # noqa: ANN401 - a column's own
    return Column(name, DateTime(timezone=True), **more)


def _whose(name: str, table: Table) -> Column[Any]:
    return Column(name, Text, ForeignKey(table.c[name], ondelete="CASCADE"))


ACCESS_TOKEN = Table(
    "access_token",
    METADATA,
    Column("token_id", Text, primary_key=True),
    Column("hash", LargeBinary, nullable=False),
    *_grant(),
    Column("label", Text, nullable=False),
    _instant("issued_at", nullable=False, server_default=func.now()),
    _instant("expires_at", nullable=False),
    _instant("revoked_at"),
    Column("kind", Text, nullable=False, server_default="personal"),
    Column("replaces", Text, comment="The token that this one takes over from."),
    comment="Hashed bearer tokens; the secret itself is never stored.",
)

ACCOUNT = Table(
    "account",
    METADATA,
    Column("account_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    *_grant(nullable=True),
    Column("password", Text),
    Column("totp", LargeBinary),
    Column("totp_step", BigInteger, nullable=False, server_default="0"),
    _instant("created_at", nullable=False, server_default=func.now()),
    _instant("disabled_at"),
    UniqueConstraint("name"),
    comment="Officers: an argon2 hash, a sealed TOTP secret and its last step used.",
)

SESSION = Table(
    "session",
    METADATA,
    Column("hash", LargeBinary, primary_key=True),
    Column("kind", Text, nullable=False),
    _whose("token_id", ACCESS_TOKEN),
    _whose("account_id", ACCOUNT),
    *_grant(),
    _instant("created_at", nullable=False),
    _instant("seen_at", nullable=False),
    _instant("expires_at", nullable=False),
    _instant("fresh_until"),
    Index("session_by_expiry", "expires_at"),
    comment="Sessions of the pages, by the hash of their id.",
)

SIGN_IN_ATTEMPT = Table(
    "sign_in_attempt",
    METADATA,
    Column("name_hash", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    _instant("last_at", nullable=False),
    Index("sign_in_attempt_by_instant", "last_at"),
    comment="How often sign-ins went wrong, and when last.",
)

WALL = Table(
    "wall",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("source", Text, nullable=False),
    comment="The digest of the policy that the policies were made of.",
)

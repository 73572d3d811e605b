"""Access tokens: issued, listed, rotated, revoked; random, and stored as a hash.

A token is ``nmis_<id>_<secret>``. Its secret is shown once, where it is made.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update

from boundaries.version import EVERY
from gis_service.grants import BadGrant, Grant, granted
from gis_service.policy import ROLES, Permission
from gis_service.tables import ACCESS_TOKEN

PREFIX = "nmis"
MAX_DAYS = 366  # a token nobody renews within a year is one nobody looks after
# The old and the new: with a third nobody knows which of them is in use where.
MOST_LIVE = 2

# Roles that systems have; a token of another one is somebody's own.
MACHINES = ("uploader", "operator")

# Read with each request, so built once. What the answer depends on is read with it: a
# turn to the server and back less.
_TOKEN: Select[Any] = select(
    *(
        column
        for column in ACCESS_TOKEN.c
        if column.name not in ("label", "issued_at", "replaces")
    ),
    EVERY.label("versions"),
).where(ACCESS_TOKEN.c.token_id == bindparam("asked_id"))


class BadToken(Exception):
    """The token is unknown, expired or revoked."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """A key that takes over from another one.

    Attributes:
        token: the new one; it cannot be shown again.
        old_id: the one before, which goes on until ``until``.
    """

    token: str
    old_id: str
    until: datetime


def issue(
    db: Connection,
    *,
    role: str,
    state: int | None = None,
    district: int | None = None,
    days: int = 90,
    label: str = "",
) -> str:
    """Store a new token's hash and return the token; it cannot be shown again.

    Args:
        db: a connection on the owner plane.
        role: one of ``policy.ROLES``.
        state: LGD code, for roles that answer for a state; negative, of an uploader:
            the state's sandbox.
        district: LGD code, for roles that answer for a district.
        days: how long it lives.
        label: whose it is, in words for the list of tokens.

    Raises:
        BadGrant: the role is unknown, or its unit is missing, too many or unknown.
    """
    grant = granted(db, role=role, state=state, district=district)
    kind = "machine" if role in MACHINES else "personal"
    return _stored(db, grant, days=days, label=label, kind=kind)


def issue_shared(db: Connection, *, role: str, days: int = 90, label: str = "") -> str:
    """Store a token that several use, as those of a portal do, and return it.

    Raises:
        BadGrant: the role reads more than the release, or does not read it.
    """
    grant = granted(db, role=role, state=None, district=None)
    if ROLES[role].permissions != {Permission.RELEASE_READ}:
        raise BadGrant(
            f"a shared token reads the release and nothing else, the role {role!r} does"
            " not: officers sign in as themselves. Allowed: analyst"
        )
    return _stored(db, grant, days=days, label=label, kind="shared")


def rotate(
    db: Connection, token_id: str, *, days: int = 90, overlap: int = 7
) -> Rotated:
    """Issue a second key for a token's holder; the old one goes on for some days.

    Args:
        db: a connection on the owner plane.
        token_id: of a live token, or the whole token.
        days: how long the new one lives.
        overlap: days that the old one goes on, at most as long as it would have.

    Raises:
        BadToken: there is no such live token.
        BadGrant: two of the holder's are live already.
    """
    now, columns = datetime.now(UTC), ACCESS_TOKEN.c
    alive = columns.revoked_at.is_(None) & (columns.expires_at > now)
    mine = columns.token_id == bare_id(token_id)
    # Held first, in a statement of its own: whoever rotates the same token meanwhile
    # waits here, and the next statement counts what the first one has made.
    held = select(ACCESS_TOKEN).where(mine, alive).with_for_update()
    old = db.execute(held).one_or_none()
    if old is None:
        raise BadToken(f"there is no live token {bare_id(token_id)!r}")
    same = [
        columns[name].is_not_distinct_from(getattr(old, name))
        for name in ("label", "role", "state_code", "district_code")
    ]
    live = db.execute(select(columns.token_id).where(*same, alive)).scalars()
    if len(told := sorted(live)) >= MOST_LIVE:
        raise BadGrant(
            f"{len(told)} tokens of this label, role and unit are live already:"
            f" {', '.join(told)}; allowed: {MOST_LIVE}. Revoke one first"
        )
    until = min(old.expires_at, now + timedelta(days=overlap))
    db.execute(update(ACCESS_TOKEN).where(mine).values(expires_at=until))
    grant = Grant(old.role, old.state_code, old.district_code)
    more = {"label": old.label, "kind": old.kind, "replaces": old.token_id}
    token = _stored(db, grant, days=days, **more)
    return Rotated(token, old.token_id, until)


def tokens(db: Connection) -> list[Row[Any]]:
    """Return every token's row, newest first, without the hashes."""
    shown = [column for column in ACCESS_TOKEN.c if column.name != "hash"]
    newest = ACCESS_TOKEN.c.issued_at.desc()
    return list(db.execute(select(*shown).order_by(newest)).all())


def revoke(db: Connection, token_id: str) -> None:
    """Revoke a token by its id, or by the whole token; its sessions end with it.

    Raises:
        BadToken: there is no such live token.
    """
    token_id = bare_id(token_id)
    columns = ACCESS_TOKEN.c
    revoked = db.execute(
        update(ACCESS_TOKEN)
        .where(columns.token_id == token_id, columns.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )
    if revoked.rowcount == 0:
        raise BadToken(f"there is no live token {token_id!r}")


def live(db: Connection, token: str) -> Row[Any]:
    """Return the row of a token that is shown, with ``versions`` of every subject.

    Raises:
        BadToken: it is unknown, expired or revoked.
    """
    token_id, secret = _parts(token)
    if "\0" in token_id:  # PostgreSQL's text cannot hold it
        raise BadToken("the token is not known")
    found = db.execute(_TOKEN, {"asked_id": token_id}).one_or_none()
    if found is None or not hmac.compare_digest(found.hash, _digest(secret)):
        raise BadToken("the token is not known")
    if found.revoked_at or found.expires_at <= datetime.now(UTC):
        raise BadToken("the token has expired or was revoked")
    return found


def bare_id(token: str) -> str:
    """Return the id of a token, or an id as it is."""
    return _parts(token)[0] if token.startswith(f"{PREFIX}_") else token


def _stored(db: Connection, grant: Grant, *, days: int, **more: str | None) -> str:
    if not 1 <= days <= MAX_DAYS:
        raise BadGrant(f"days is {days}; allowed: 1 to {MAX_DAYS}")
    token_id, secret = secrets.token_hex(6), secrets.token_hex(32)
    row = (
        grant.columns()
        | more
        | {
            "token_id": token_id,
            "hash": _digest(secret),
            "expires_at": datetime.now(UTC) + timedelta(days=days),
        }
    )
    db.execute(insert(ACCESS_TOKEN).values(row))
    return f"{PREFIX}_{token_id}_{secret}"


def _parts(token: str) -> tuple[str, str]:
    prefix, _, rest = token.partition("_")
    token_id, _, secret = rest.partition("_")
    if prefix != PREFIX or not token_id or not secret:
        raise BadToken(f"a token reads {PREFIX}_<id>_<secret>")
    return token_id, secret


def _digest(secret: str) -> bytes:
    # A plain hash is enough: the secret has 256 random bits, so none can be guessed.
    return hashlib.sha256(secret.encode()).digest()

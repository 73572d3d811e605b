"""Who is signed in on our pages: a row in PostgreSQL, and its id in a cookie.

The id is 256 random bits that only the browser has; the row is found by its hash. A
row ends when it was not used for some time, at the end of a shift, when its holder
signs out, and at once with the token or the account that it was opened with.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Request, Response, current_app, request
from flask.sessions import NullSession, SessionInterface, SessionMixin
from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from boundaries.version import EVERY
from gis_service.grants import Grant
from gis_service.tables import ACCESS_TOKEN, ACCOUNT, SESSION
from gis_service.tokens import BadToken

# A shift at an arrival desk; every session ends with it.
LIFE = timedelta(hours=8)
# Unused for so long it ends: an officer may have left the screen.
IDLE = timedelta(minutes=15)
# A desk waits for trains, and is never left alone.
IDLE_OF = {"district": LIFE}
# Noted no more often than this, so that a map's tiles do not write.
TOUCH = timedelta(minutes=1)
# How long after signing in as oneself one may open and take away people.
FRESH = timedelta(minutes=5)

# Read with each request, as a token's row is: one turn to the server and back.
_SESSION: Select[Any] = (
    select(
        *SESSION.c,
        ACCESS_TOKEN.c.expires_at.label("token_expires_at"),
        ACCESS_TOKEN.c.revoked_at,
        ACCOUNT.c.disabled_at,
        EVERY.label("versions"),
    )
    .select_from(
        SESSION.outerjoin(
            ACCESS_TOKEN, ACCESS_TOKEN.c.token_id == SESSION.c.token_id
        ).outerjoin(ACCOUNT, ACCOUNT.c.account_id == SESSION.c.account_id)
    )
    .where(SESSION.c.hash == bindparam("asked_hash"))
)


class SessionEnded(BadToken):
    """The session is over; signing in begins another."""


class NoFlaskSession(SessionInterface):
    """Flask keeps nothing of its own in a cookie."""

    def open_session(self, _app: Flask, _request: Request) -> NullSession:
        """Return a session that holds nothing."""
        return NullSession()

    def save_session(
        self, _app: Flask, _session: SessionMixin, _response: Response
    ) -> None:
        """Save nothing."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever signs in, and how.

    Attributes:
        kind: ``token``, ``local`` or ``oidc``.
        grant: what they may do.
        holder_id: of the token or of the account.
        proved_at: when they proved to be themselves; never with a token, which
            anybody may have found.
    """

    kind: str
    grant: Grant
    holder_id: str
    proved_at: datetime | None = None


def begin(db: Connection, holder: Holder) -> str:
    """Store a session, drop those that are over, and return its id.

    Args:
        db: a connection on the access plane.
        holder: who signs in.
    """
    now, session_id = datetime.now(UTC), secrets.token_urlsafe(32)
    proved = holder.proved_at
    column = "token_id" if holder.kind == "token" else "account_id"
    row = holder.grant.columns() | {
        "hash": hashed(session_id),
        "kind": holder.kind,
        column: holder.holder_id,
        "created_at": now,
        "seen_at": now,
        "expires_at": now + LIFE,
        "fresh_until": proved and proved + FRESH,
    }
    db.execute(delete(SESSION).where(SESSION.c.expires_at <= now))
    db.execute(insert(SESSION).values(row))
    return session_id


def live(db: Connection, session_id: str) -> Row[Any]:
    """Return the row of a session, with ``versions`` of every subject.

    Raises:
        SessionEnded: there is no such session, or it is over.
    """
    now = datetime.now(UTC)
    found = db.execute(_SESSION, {"asked_hash": hashed(session_id)}).one_or_none()
    if found is None or found.expires_at <= now or found.disabled_at:
        raise SessionEnded("the session has ended; sign in again")
    if now - found.seen_at > IDLE_OF.get(found.role, IDLE):
        raise SessionEnded("the session was not used for too long; sign in again")
    if found.kind == "token" and (found.revoked_at or found.token_expires_at <= now):
        raise SessionEnded("the token of this session has expired or was revoked")
    return found


def is_due(row: Row[Any]) -> bool:
    """Return whether it is time to note that a session is in use."""
    return bool(datetime.now(UTC) - row.seen_at > TOUCH)


def touch(db: Connection, session_id: str) -> None:
    """Note that a session is in use."""
    now = datetime.now(UTC)
    ours = (SESSION.c.hash == hashed(session_id)) & (SESSION.c.seen_at < now)
    db.execute(update(SESSION).where(ours).values(seen_at=now))


def end(db: Connection, session_id: str) -> None:
    """End a session."""
    db.execute(delete(SESSION).where(SESSION.c.hash == hashed(session_id)))


def end_of_account(db: Connection, account_id: str) -> None:
    """End every session of an account."""
    db.execute(delete(SESSION).where(SESSION.c.account_id == account_id))


def hashed(session_id: str) -> bytes:
    """Return what a session is found by; the id is random, so none can be guessed."""
    return hashlib.sha256(session_id.encode("utf-8", "replace")).digest()


def shown() -> str | None:
    """Return the session's id of the request's cookie."""
    return request.cookies.get(_name()) or None


def give(response: Response, session_id: str) -> Response:
    """Have the browser keep a session's id."""
    response.set_cookie(
        _name(),
        session_id,
        max_age=LIFE,
        path="/",
        secure=_secure(),
        httponly=True,
        samesite="Strict",
    )
    return response


def take_back(response: Response) -> Response:
    """Have the browser forget the session's id."""
    response.delete_cookie(
        _name(), path="/", secure=_secure(), httponly=True, samesite="Strict"
    )
    return response


def _name() -> str:
    return str(current_app.config["SESSION_COOKIE_NAME"])


def _secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])

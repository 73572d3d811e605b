"""Who is asking: the holder of the bearer token, or of the session, of a request.

Its row is read on each request, so that what was revoked or is over stops at once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, request
from sqlalchemy import Row

from boundaries.scope import Scope
from gis_service import sessions, tokens
from gis_service.db import connection
from gis_service.grants import Grant
from gis_service.tokens import BadToken

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class NoToken(Exception):
    """The request carries no token, and what it asks for needs one."""


class BearerNeeded(Exception):
    """What changes something needs a bearer token, or the session's own header."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Whoever asks.

    Attributes:
        role: one of ``policy.ROLES``.
        scope: the units they answer for.
        tenant: the LGD code of their state, where they have one.
        token_id: which token or account; safe to log.
        kind: ``personal``, ``machine`` or ``shared`` (a bearer token), ``token``,
            ``local`` or ``oidc`` (a session, by how it was opened).
        fresh_until: until when their sign-in is fresh; never for a token.
    """

    role: str
    scope: Scope
    tenant: int | None
    token_id: str
    kind: str = "personal"
    fresh_until: datetime | None = None


def current_officer() -> Officer:
    """Return who is asking.

    Raises:
        NoToken: neither a bearer token nor a session was sent.
        BadToken: it is unknown, over, expired or revoked.
    """
    if "officer" not in g:
        g.officer = _asking()
    officer: Officer = g.officer
    return officer


def signed_in() -> Officer | None:
    """Return who is asking, or ``None`` (for pages that anybody may open)."""
    try:
        return current_officer()
    except (NoToken, BadToken):
        return None


def has_bearer() -> bool:
    """Return whether the request shows a token of its own."""
    return "Authorization" in request.headers


def of_token(row: Row[Any]) -> Officer:
    """Return the holder of a token's row."""
    grant = Grant(row.role, row.state_code, row.district_code)
    return Officer(row.role, grant.scope, grant.state, row.token_id, row.kind)


def _asking() -> Officer:
    if has_bearer():
        row = tokens.live(connection(), _shown())
        g.versions = row.versions
        return of_token(row)
    session_id = sessions.shown()
    if session_id is None:
        raise NoToken("send Authorization: Bearer with a token, or sign in")
    row = sessions.live(connection(), session_id)
    if sessions.is_due(row):
        noting = connection("access")
        sessions.touch(noting, session_id)
        noting.commit()
    g.versions = row.versions
    return _of_session(row)


def _of_session(row: Row[Any]) -> Officer:
    grant = Grant(row.role, row.state_code, row.district_code)
    who = row.token_id or row.account_id
    return Officer(row.role, grant.scope, grant.state, who, row.kind, row.fresh_until)


def _shown() -> str:
    """Return the token that the request shows.

    Programs that know no Bearer send it as the password of Basic (RFC 7617), whatever
    the user's name; so they may read. A browser is never asked for one.
    """
    scheme, _, shown = request.headers["Authorization"].partition(" ")
    if scheme.lower() == "bearer":
        return shown.strip()
    if scheme.lower() != "basic":
        raise BadToken(f"the scheme is {scheme!r}; allowed: Bearer, and Basic to read")
    if request.method not in SAFE_METHODS:
        raise BearerNeeded(f"{request.method} needs an Authorization: Bearer header")
    password = request.authorization and request.authorization.password
    if not password:
        raise BadToken("Basic carries a token as its password")
    return password.strip()

"""Who is asking, and what they may do.

A caller shows a bearer token, or the session cookie that signing in with a token
set. Either way the token's row is read on each request, so that a revoked or
expired token stops at once. Tokens are random, stored as a hash, and never logged.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from flask import current_app, g, request, session
from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update

from boundaries.scope import COUNTRY, Scope
from boundaries.tables import BOUNDARY_SET, UNIT
from boundaries.version import EVERY
from gis_service.db import connection
from gis_service.policy import LEVELS, ROLES, Permission, roles_with
from gis_service.tables import ACCESS_TOKEN

PREFIX = "nmis"
MAX_DAYS = 366  # a token nobody renews within a year is one nobody looks after
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
SESSION_TOKEN = "token_id"  # noqa: S105 - the key of a session entry, no secret

# Read with each request, so built once. What the answer depends on is read with it: a
# turn to the server and back less.
_TOKEN: Select[Any] = select(
    *(column for column in ACCESS_TOKEN.c if column.name not in ("label", "issued_at")),
    EVERY.label("versions"),
).where(ACCESS_TOKEN.c.token_id == bindparam("asked_id"))

View = TypeVar("View", bound=Callable[..., Any])


class NoToken(Exception):
    """The request carries no token, and what it asks for needs one."""


class BadToken(Exception):
    """The token is unknown, expired or revoked."""


class NotPermitted(Exception):
    """The token is good, but its role may not do this; the message says who may."""


class BearerNeeded(Exception):
    """A session cookie may only read; what changes something needs a bearer token."""


class BadGrant(Exception):
    """A token cannot be issued as asked; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Whoever holds a live token.

    Attributes:
        role: one of ``policy.ROLES``.
        scope: the units they answer for.
        tenant: the LGD code of their state, where they have one.
        token_id: which token; safe to log.
    """

    role: str
    scope: Scope
    tenant: int | None
    token_id: str


def require(*permissions: Permission) -> Callable[[View], View]:
    """Mark a view as needing one of some permissions; write it below the route's.

    The check runs before the view and before its parameters are read. The
    application refuses to start with a view that is marked neither so nor ``public``.
    """

    def marked(view: View) -> View:
        view.__dict__["permission"] = permissions
        return view

    return marked


def public(view: View) -> View:
    """Mark a view as open to everybody; write it below the route's decorator."""
    view.__dict__["permission"] = None
    return view


def by_layer(view: View) -> View:
    """Mark a view that is open for public layers and itself checks for the others."""
    view.__dict__["permission"] = None
    view.__dict__["by_layer"] = True
    return view


def by_reader(view: View) -> View:
    """Mark a view that checks who reads; open to all where the release is public."""
    view.__dict__["permission"] = None
    view.__dict__["by_layer"] = True
    return view


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
        state: LGD code, for roles that answer for a state.
        district: LGD code, for roles that answer for a district.
        days: how long it lives.
        label: whose it is, in words for the list of tokens.

    Raises:
        BadGrant: the role is unknown, or its unit is missing, too many or unknown.
    """
    if role not in ROLES:
        raise BadGrant(f"role is {role!r}; allowed: {', '.join(ROLES)}")
    if not 1 <= days <= MAX_DAYS:
        raise BadGrant(f"days is {days}; allowed: 1 to {MAX_DAYS}")
    state = _granted_state(db, role=role, state=state, district=district)
    token_id, secret = secrets.token_hex(6), secrets.token_hex(32)
    row = {
        "token_id": token_id,
        "hash": _digest(secret),
        "role": role,
        "state_code": state,
        "district_code": district,
        "label": label,
        "expires_at": datetime.now(UTC) + timedelta(days=days),
    }
    db.execute(insert(ACCESS_TOKEN).values(row))
    return f"{PREFIX}_{token_id}_{secret}"


def tokens(db: Connection) -> list[Row[Any]]:
    """Return every token's row, newest first, without the hashes."""
    shown = [column for column in ACCESS_TOKEN.c if column.name != "hash"]
    newest = ACCESS_TOKEN.c.issued_at.desc()
    return list(db.execute(select(*shown).order_by(newest)).all())


def revoke(db: Connection, token_id: str) -> None:
    """Revoke a token by its id, or by the whole token.

    Raises:
        BadToken: there is no such live token.
    """
    if token_id.startswith(f"{PREFIX}_"):
        token_id = _parts(token_id)[0]
    columns = ACCESS_TOKEN.c
    revoked = db.execute(
        update(ACCESS_TOKEN)
        .where(columns.token_id == token_id, columns.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )
    if revoked.rowcount == 0:
        raise BadToken(f"there is no live token {token_id!r}")


def current_officer() -> Officer:
    """Return who is asking.

    Raises:
        NoToken: neither a bearer token nor a session was sent.
        BadToken: it is unknown, expired or revoked.
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


def sign_in(token: str) -> Officer:
    """Start a cookie session for a token's holder; the cookie never holds the token.

    Raises:
        BadToken: the token is unknown, expired or revoked.
    """
    officer = _officer(_live(connection(), *_parts(token)))
    session.clear()
    session.permanent = True
    session[SESSION_TOKEN] = officer.token_id
    g.officer = officer
    return officer


def sign_out() -> None:
    """End the cookie session."""
    session.clear()
    g.pop("officer", None)


def check() -> None:
    """Refuse the request unless its view is public or its caller holds the permission.

    Raises:
        NoToken, BadToken, BearerNeeded, NotPermitted: as their names say.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    permissions: tuple[Permission, ...] | None = getattr(view, "permission", None)
    if permissions is None or request.method == "OPTIONS":
        return
    officer = current_officer()
    if not _has_bearer() and request.method not in SAFE_METHODS:
        raise BearerNeeded(f"{request.method} needs an Authorization: Bearer header")
    demand(officer, *permissions)


def demand(officer: Officer, *permissions: Permission) -> None:
    """Refuse an officer whose role has none of the permissions.

    Raises:
        NotPermitted: names the roles that hold it, and why this one does not.
    """
    role = ROLES[officer.role]
    if role.permissions.intersection(permissions):
        return
    why = f": {role.refusal}" if role.refusal else ""
    raise NotPermitted(
        f"the role {officer.role!r} has no permission {' or '.join(permissions)}{why};"
        f" permitted: {', '.join(roles_with(*permissions))}"
    )


def demand_grain(officer: Officer, level: str) -> None:
    """Refuse an officer who may not read flows as finely as ``level``.

    Raises:
        NotPermitted: names the finest level permitted.
    """
    role = ROLES[officer.role]
    demand(officer, Permission.FLOW_READ)
    if role.grain is None or LEVELS.index(level) > LEVELS.index(role.grain):
        permitted = LEVELS[: LEVELS.index(role.grain or LEVELS[0]) + 1]
        raise NotPermitted(
            f"the role {officer.role!r} reads flows by {' or '.join(permitted)} and"
            f" day, not by {level}"
        )


def _asking() -> Officer:
    if _has_bearer():
        return _known(_live(connection(), *_parts(_shown())))
    token_id = session.get(SESSION_TOKEN)
    if not isinstance(token_id, str):
        raise NoToken("send Authorization: Bearer with a token, or sign in")
    return _known(_live(connection(), token_id, None))


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


def _known(row: Row[Any]) -> Officer:
    g.versions = row.versions
    return _officer(row)


def _has_bearer() -> bool:
    return "Authorization" in request.headers


def _parts(token: str) -> tuple[str, str]:
    prefix, _, rest = token.partition("_")
    token_id, _, secret = rest.partition("_")
    if prefix != PREFIX or not token_id or not secret:
        raise BadToken(f"a token reads {PREFIX}_<id>_<secret>")
    return token_id, secret


def _live(db: Connection, token_id: str, secret: str | None) -> Row[Any]:
    """Return a token's row; ``secret`` is ``None`` where a signed cookie vouches."""
    if "\0" in token_id:  # PostgreSQL's text cannot hold it
        raise BadToken("the token is not known")
    found = db.execute(_TOKEN, {"asked_id": token_id}).one_or_none()
    if found is None:
        raise BadToken("the token is not known")
    if secret is not None and not hmac.compare_digest(found.hash, _digest(secret)):
        raise BadToken("the token is not known")
    if found.revoked_at or found.expires_at <= datetime.now(UTC):
        raise BadToken("the token has expired or was revoked")
    return found


def _officer(row: Row[Any]) -> Officer:
    scope = COUNTRY
    if row.state_code is not None:
        scope = Scope(
            states=frozenset({row.state_code}),
            districts=frozenset({row.district_code}) if row.district_code else None,
        )
    return Officer(row.role, scope, row.state_code, row.token_id)


def _digest(secret: str) -> bytes:
    # A plain hash is enough: the secret has 256 random bits, so none can be guessed.
    return hashlib.sha256(secret.encode()).digest()


def _granted_state(
    db: Connection, *, role: str, state: int | None, district: int | None
) -> int | None:
    unit = ROLES[role].unit
    if unit is None and (state or district):
        raise BadGrant(f"the role {role!r} answers for no state or district")
    if unit == "district":
        if district is None:
            raise BadGrant(f"the role {role!r} needs --district, an LGD code")
        return _state_of(db, "district", district, state)
    if unit == "state":
        if state is None or district is not None:
            raise BadGrant(f"the role {role!r} needs --state, an LGD code, alone")
        return _state_of(db, "state", state, state)
    return None


def _state_of(db: Connection, level: str, code: int, state: int | None) -> int:
    active = select(UNIT.c.code, UNIT.c.state_code).join(
        BOUNDARY_SET, BOUNDARY_SET.c.set_id == UNIT.c.set_id
    )
    units = db.execute(active.where(UNIT.c.level == level, BOUNDARY_SET.c.active)).all()
    found = dict(map(tuple, units)).get(code)
    if found is None:
        raise BadGrant(f"there is no {level} with LGD code {code}")
    if state not in (None, found):
        raise BadGrant(f"{level} {code} lies in state {found}, not in {state}")
    return int(found)

"""How often somebody may ask: limits that hold over all workers.

An allowance fills evenly and holds as much as its limit says; each request takes one.
The instant at which it is whole again is one row of an unlogged table, changed by one
statement. Callers are told by their token or account, whoever has none by a hash of
their address.

Mark a view with ``limited("name")``, anywhere below its route's decorator. Maps and
tiles are not limited so: they must not wait for a statement that writes.
"""

import hmac
import ipaddress
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Index,
    Interval,
    LargeBinary,
    Table,
    Text,
    bindparam,
    case,
    delete,
    func,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from boundaries.tables import METADATA
from gis_service.access import signed_in
from gis_service.db import Database

View = TypeVar("View", bound=Callable[..., Any])

RATE = Table(
    "rate",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("who", LargeBinary, primary_key=True),
    Column("full_at", DateTime(timezone=True), nullable=False),
    Column("let_in", Boolean, nullable=False),
    Index("rate_by_instant", "full_at"),
    comment="When each caller's allowance is whole again, by limit.",
    prefixes=["UNLOGGED"],
)

# Of an IPv6 address a household has the first half and chooses the rest.
_IPV6_OWN = 64


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests within so many seconds.

    Attributes:
        most: how many at once, and within each ``within_s``.
        within_s: seconds in which a used allowance is whole again.
        by_address: whether callers are told by address even when they are known.
    """

    most: int
    within_s: float
    by_address: bool = False


# A whole office signs in at the start of its shift, from one address; who guesses is
# slowed down by name as well (``attempts.py``). A desk looks somebody up each second;
# what opens a person's fields is rarer. A state's system may send small batches in a
# row: ten a second, each of up to 20,000 rows, is more than it has people.
LIMITS = {
    "sign_in": Limit(30, 60, by_address=True),
    "lookup": Limit(60, 60),
    "reveal": Limit(30, 3600),
    "person_request": Limit(5, 3600, by_address=True),
    "upload": Limit(600, 60),
}


class TooManyRequests(Exception):
    """The caller has used its allowance; ``seconds`` until the next may come."""

    def __init__(self, message: str, seconds: int) -> None:
        """Keep how long to wait."""
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of an allowance.

    Attributes:
        name: of the limit.
        let_in: whether this request is within it.
        remaining: how many more may come at once.
        wait_s: seconds until another one may.
    """

    name: str
    let_in: bool
    remaining: int
    wait_s: float


def limited(name: str) -> Callable[[View], View]:
    """Mark a view as one of a limit; write it below the route's decorator."""
    if name not in LIMITS:
        raise KeyError(f"no limit {name!r}; there are: {', '.join(LIMITS)}")

    def marked(view: View) -> View:
        view.__dict__["limited"] = name
        return view

    return marked


def install(app: Flask) -> None:
    """Count the requests to marked views of ``app``, after it is known who asks."""
    app.before_request(check)
    app.after_request(_told)


def check() -> None:
    """Count this request where its view is limited.

    Raises:
        TooManyRequests: says how long to wait.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    name: str | None = getattr(view, "limited", None)
    if name is None or request.method == "OPTIONS":
        return
    engines: Database = current_app.extensions["database"]
    who = _caller(LIMITS[name])
    # One statement: BEGIN and COMMIT would be two turns to the server and back more.
    own = engines.access.execution_options(isolation_level="AUTOCOMMIT")
    with own.connect() as db:
        g.rate = left = taken(db, name, who)
    if not left.let_in:
        limit, wait = LIMITS[name], math.ceil(left.wait_s)
        raise TooManyRequests(
            f"{limit.most} requests within {limit.within_s:.0f} s are allowed here; the"
            f" next may come in {wait} s",
            wait,
        )


def taken(db: Connection, name: str, who: bytes) -> Left:
    """Take one of a caller's allowance, if there is one left; commit afterwards."""
    limit = LIMITS[name]
    within = timedelta(seconds=limit.within_s)
    given = {"name": name, "who": who, "step": within / limit.most, "within": within}
    row = db.execute(_TAKEN, given).one()
    return _left(name, let_in=row[0], until_full_s=float(row[1]))


def _taking() -> ReturningInsert[Any]:
    columns, now = RATE.c, func.statement_timestamp()
    step, most = (bindparam(name, type_=Interval) for name in ("step", "within"))
    next_full = func.greatest(columns.full_at, now) + step
    within = next_full <= now + most
    first = insert(RATE).values(
        name=bindparam("name"), who=bindparam("who"), full_at=now + step, let_in=True
    )
    return first.on_conflict_do_update(
        index_elements=["name", "who"],
        set_={
            "let_in": within,
            "full_at": case((within, next_full), else_=columns.full_at),
        },
    ).returning(columns.let_in, func.extract("epoch", columns.full_at - now))


# Built once: that takes longer than the server does to answer it.
_TAKEN = _taking()


def swept(db: Connection) -> None:
    """Delete allowances that are whole: no row says the same."""
    db.execute(delete(RATE).where(RATE.c.full_at < func.now()))


def _left(name: str, *, let_in: bool, until_full_s: float) -> Left:
    limit = LIMITS[name]
    step_s = limit.within_s / limit.most
    room_s = limit.within_s - until_full_s
    # A microsecond is lost on the way to the server and back.
    remaining = max(0, math.floor(room_s / step_s + 1e-3))
    return Left(name, let_in, remaining, max(0.0, step_s - room_s))


def _caller(limit: Limit) -> bytes:
    key: bytes = current_app.extensions["secrets"].digest_key
    officer = None if limit.by_address else signed_in()
    who = f"token|{officer.token_id}" if officer else f"address|{_address()}"
    return hmac.digest(key, b"nmis rate|" + who.encode("utf-8", "replace"), "sha256")[
        :16
    ]


def _address() -> str:
    """Return the caller's address; of IPv6 what one household has."""
    given = _shown_address()
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return given
    if address.version == 4:  # noqa: PLR2004 - of IP
        return str(address)
    return str(ipaddress.ip_network((address, _IPV6_OWN), strict=False))


def _shown_address() -> str:
    # Each proxy adds whom it heard; what stands before ours anybody may have written.
    proxies: int = current_app.extensions["settings"].proxies
    heard = [
        each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")
    ]
    if 0 < proxies <= len(heard):
        return heard[-proxies]
    return request.remote_addr or "unknown"


def _told(response: Response) -> Response:
    left: Left | None = g.get("rate")
    if left is not None:
        limit = LIMITS[left.name]
        policy = f'"{left.name}";q={limit.most};w={limit.within_s:.0f}'
        response.headers["RateLimit-Policy"] = policy
        wait = f";t={math.ceil(left.wait_s)}" if left.wait_s else ""
        response.headers["RateLimit"] = f'"{left.name}";r={left.remaining}{wait}'
    return response

"""Engines per plane, and one connection of each per request.

A plane is a login role with its own pool: ``owner`` migrates and loads reference
data, ``upload`` writes what a state's system sends, ``officer`` reads people and
records what happens to them, ``read`` draws maps and has no right on people,
``release`` reads what is published and has no right on exact flows either, ``audit``
reads the audit log and signs its roots, ``access`` keeps sessions and the counts of
limits, ``vault`` opens Aadhaar numbers and nothing else. On a server of the operator's
own (``NMIS_DATABASE_URL``) all of them are that login.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import current_app, g
from psycopg import OperationalError
from psycopg.errors import QueryCanceled
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy import event as sa_event
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import DisconnectionError

PLANES = (
    *("owner", "upload", "officer", "read", "release"),
    *("audit", "access", "vault"),
)

# As many as a worker has requests at work (gis_service/gate.py, held equal by a test).
POOL_SIZE = 8
# On the read plane beside them: the version that kept answers depend on
# (gis_service/front.py), and one to spare.
READ_BESIDE = 2
# Of the audit plane: auditors are few, and a root is signed within milliseconds.
AUDIT_POOL_SIZE = 2
# A session or a count is touched within a millisecond; a number is opened rarely.
ACCESS_POOL_SIZE = 4
VAULT_POOL_SIZE = 2
POOL_TIMEOUT_S = 2

# A connection unused for this long is tried before it is given out; asked each time it
# cost every request a turn to the server and back.
PING_AFTER_S = 5.0
# How long a statement of the read plane may take unless the settings say otherwise.
READ_TIMEOUT_S = 10
# A reader who takes nothing of a stream for this long is let go, with its connection.
IDLE_STREAM_S = 60

SESSION = {"jit": "off", "timezone": "'Asia/Kolkata'"}
# The tables that maps read are small and stay in memory: a page is no dearer for being
# read out of order. With PostgreSQL's 4 a tile read every unit to find thirty.
READ_SESSION = SESSION | {
    "random_page_cost": "1.1",
    "idle_in_transaction_session_timeout": f"'{IDLE_STREAM_S}s'",
}
# A system that sends waits for whoever holds what it writes, and is told to come again
# before it gives up by itself. Between two pieces of a body nothing is asked for a
# while (gis_service/steady.py).
UPLOAD_SESSION = SESSION | {
    "lock_timeout": "'20s'",
    "statement_timeout": "'60s'",
    "idle_in_transaction_session_timeout": "'180s'",
}
ACCESS_SESSION = SESSION | {
    "lock_timeout": "'5s'",
    "statement_timeout": "'10s'",
    "idle_in_transaction_session_timeout": f"'{IDLE_STREAM_S}s'",
}
# Officers wait at a screen; what takes longer is asked for wrongly. An event of 20,000
# people takes up to six seconds on busy cores.
OFFICER_SESSION = SESSION | {
    "random_page_cost": "1.1",
    "statement_timeout": "'30s'",
    "idle_in_transaction_session_timeout": f"'{IDLE_STREAM_S}s'",
}


class TooSlow(Exception):
    """A statement took longer than the read plane's may."""


@dataclass(frozen=True, slots=True)
class Database:
    """One engine per plane."""

    owner: Engine
    upload: Engine
    officer: Engine
    read: Engine
    release: Engine
    audit: Engine
    access: Engine
    vault: Engine

    def close(self) -> None:
        """Close every pooled connection."""
        for plane in PLANES:
            getattr(self, plane).dispose()


def database(
    urls: dict[str, str],
    *,
    read_timeout_s: int = READ_TIMEOUT_S,
    patient: bool = False,
) -> Database:
    """Return engines for the addresses of ``PLANES``.

    Args:
        urls: by plane.
        read_timeout_s: seconds that a statement which reads maps may take.
        patient: whether what is written may take as long as it does: nobody waits for
            commands and for the queue's workers.
    """
    session = READ_SESSION | {"statement_timeout": f"'{read_timeout_s}s'"}
    return Database(
        owner=_engine(urls["owner"], SESSION),
        upload=_engine(urls["upload"], SESSION if patient else UPLOAD_SESSION),
        officer=_engine(urls["officer"], OFFICER_SESSION),
        read=_read_engine(urls["read"], session, pool_size=POOL_SIZE + READ_BESIDE),
        release=_read_engine(urls["release"], session, pool_size=POOL_SIZE),
        audit=_read_engine(urls["audit"], session, pool_size=AUDIT_POOL_SIZE),
        access=_engine(urls["access"], ACCESS_SESSION, pool_size=ACCESS_POOL_SIZE),
        vault=_engine(urls["vault"], OFFICER_SESSION, pool_size=VAULT_POOL_SIZE),
    )


def _engine(url: str, session: dict[str, str], **more: Any) -> Engine:  # noqa: ANN401 - SQLAlchemy's own
    engine = create_engine(
        _with_driver(url),
        **{"pool_size": POOL_SIZE} | more,
        max_overflow=0,
        # The one given back last: its server process has the plans and shapes at hand.
        pool_use_lifo=True,
        pool_timeout=POOL_TIMEOUT_S,
        hide_parameters=True,  # an error that is logged names no value
    )
    statements = [f"SET {name} = {value}" for name, value in session.items()]

    def begun(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, prepare=False)
        connection.commit()

    sa_event.listen(engine, "connect", begun)
    sa_event.listen(engine, "checkin", _unused_since)
    sa_event.listen(engine, "checkout", _alive)
    return engine


def _read_engine(url: str, session: dict[str, str], *, pool_size: int) -> Engine:
    engine = _engine(
        url,
        session,
        pool_size=pool_size,
        # Each statement is its own transaction: BEGIN and ROLLBACK are two turns to
        # the server and back, of four.
        isolation_level="AUTOCOMMIT",
        # Prepared at its first use: a worker's statements are few and known.
        connect_args={"prepare_threshold": 0},
    )
    sa_event.listen(engine, "handle_error", _told_slow)
    return engine


def _unused_since(_connection: object, record: Any) -> None:  # noqa: ANN401 - the pool's own
    record.info["unused_since"] = time.monotonic()


def _alive(connection: Any, record: Any, _proxy: object) -> None:  # noqa: ANN401 - as above
    if time.monotonic() - record.info.get("unused_since", 0.0) < PING_AFTER_S:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except OperationalError as error:
        raise DisconnectionError from error


def _told_slow(context: ExceptionContext) -> None:
    if isinstance(context.original_exception, QueryCanceled):
        raise TooSlow from context.original_exception


def _with_driver(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def connection(plane: str = "read") -> Connection:
    """Return this request's connection of a plane, opening it on first use."""
    opened: dict[str, Connection] = g.setdefault("connections", {})
    if plane not in opened:
        engines: Database = current_app.extensions["database"]
        opened[plane] = getattr(engines, plane).connect()
    return opened[plane]


@contextmanager
def handed_over(plane: str = "read") -> Iterator[Connection]:
    """Take this request's connection over until the block ends.

    For a streamed answer, which lives on after the request is done. It is in a
    transaction, which a cursor on the server needs.
    """
    db = connection(plane)
    del g.connections[plane]
    with db:
        db.rollback()
        db.execution_options(isolation_level="READ COMMITTED")
        yield db


def close(_error: BaseException | None = None) -> None:
    """Close this request's connections, if any were opened."""
    for opened in g.pop("connections", {}).values():
        opened.close()

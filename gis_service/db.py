"""Engines per plane, one connection per request, and the migrations.

A plane is a login role with its own pool: ``owner`` migrates and loads reference
data, ``upload`` writes people, ``read`` draws maps and has no right on people. On
a server of the operator's own (``NMIS_DATABASE_URL``) all three are that login.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from flask import current_app, g
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy import event as sa_event
from sqlalchemy.schema import CreateSchema

PLANES = ("owner", "upload", "read")

# A worker serves at most this many requests at once; more wait, then answer 503.
POOL_SIZE = 8
POOL_TIMEOUT_S = 2


@dataclass(frozen=True, slots=True)
class Database:
    """One engine per plane."""

    owner: Engine
    upload: Engine
    read: Engine

    def close(self) -> None:
        """Close every pooled connection."""
        for plane in PLANES:
            getattr(self, plane).dispose()


def database(urls: dict[str, str]) -> Database:
    """Return engines for ``{"owner": url, "upload": url, "read": url}``."""
    return Database(**{plane: _engine(urls[plane]) for plane in PLANES})


def _engine(url: str) -> Engine:
    engine = create_engine(
        _with_driver(url),
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        pool_pre_ping=True,
        hide_parameters=True,  # an error that is logged names no value
    )
    sa_event.listen(engine, "connect", _session_defaults)
    return engine


def _with_driver(url: str) -> str:
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _session_defaults(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DBAPI connection
    cursor.execute("SET jit = off")
    cursor.execute("SET timezone = 'Asia/Kolkata'")
    cursor.close()
    connection.commit()  # type: ignore[attr-defined]


def migrate(engine: Engine) -> None:
    """Bring the database to the newest revision; one migration runs at a time."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as db:
        db.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('nmis.migrate'))")
        db.execute(CreateSchema("nmis", if_not_exists=True))
        config.attributes["connection"] = db
        command.upgrade(config, "head")


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

    For a streamed answer, which lives on after the request is done.
    """
    db = connection(plane)
    del g.connections[plane]
    with db:
        yield db


def close(_error: BaseException | None = None) -> None:
    """Close this request's connections, if any were opened."""
    for opened in g.pop("connections", {}).values():
        opened.close()

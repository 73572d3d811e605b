"""Where the benches run: a database of their own, as the service would use it.

By default a private cluster of the same kind as ``nmis up`` makes, durable, in a
folder of its own; ``NMIS_TEST_SERVER`` names a superuser's address of another server
instead, on which a database is made and dropped again.
"""

import itertools
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from gis_service import cluster, prepare
from gis_service import db as planes
from gis_service.db import Database
from gis_service.settings import Settings

# Several may be open at once.
NUMBER = itertools.count()


@dataclass(frozen=True, slots=True)
class Ground:
    """A database that is migrated and has the boundaries.

    ``admin`` is a superuser's address of it, for psycopg.
    """

    database: Database
    settings: Settings
    admin: str


@contextmanager
def ground() -> Iterator[Ground]:
    with tempfile.TemporaryDirectory(prefix="nmis-bench-") as folder:
        var = Path(folder)
        var.chmod(0o711)  # the server may run as another account
        given = os.environ.get("NMIS_TEST_SERVER")
        with _on_server(given, var) if given else _on_cluster(var) as made:
            prepare.everything(made.database, made.settings)
            try:
                yield made
            finally:
                made.database.close()


@contextmanager
def _on_cluster(var: Path) -> Iterator[Ground]:
    running = cluster.start(var, workers=1)
    try:
        admin = make_url(running.admin_url).set(
            database=make_url(running.urls["owner"]).database
        )
        yield Ground(
            planes.database(running.urls), Settings(var=var, workers=1), _plain(admin)
        )
    finally:
        running.destroy()


@contextmanager
def _on_server(address: str, var: Path) -> Iterator[Ground]:
    server = make_url(address)
    name = f"nmis_bench_{os.getpid()}_{next(NUMBER)}"
    _run(_plain(server), "CREATE DATABASE {}", name)
    admin = _plain(server.set(database=name))
    try:
        _run(admin, "CREATE SCHEMA IF NOT EXISTS {}", "nmis")
        settings = Settings(var=var, workers=1, database_url=admin)
        yield Ground(
            planes.database(dict.fromkeys(planes.PLANES, admin)), settings, admin
        )
    finally:
        _run(_plain(server), "DROP DATABASE {} WITH (FORCE)", name)


def _plain(url) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _run(address: str, statement: str, *names: str) -> None:
    with psycopg.connect(address, autocommit=True) as db:
        db.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

"""A durable cluster of the storm's own, as ``nmis up`` makes it, and its bad days."""

import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg
from sqlalchemy import func, make_url, select

from boundaries import bundled
from gis_service import cluster
from gis_service import db as planes
from gis_service.cluster import processes
from gis_service.db import Database
from gis_service.migrate import migrate

DAYS = (date(2020, 3, 1), date(2020, 9, 1))


@dataclass(slots=True)
class Ground:
    """A cluster with a migrated database.

    Attributes:
        var: the installation's folder; the cluster and all secrets lie in it.
        workers: whose connections it must bear.
        database: planes of the storm's own, not of what is served.
        running: the server; another after each restart.
    """

    var: Path
    workers: int
    database: Database
    running: cluster.Cluster

    def admin(self) -> psycopg.Connection:
        """A superuser's connection: no wall hides a row from it."""
        url = make_url(self.running.admin_url).set(
            drivername="postgresql",
            database=make_url(self.running.urls["owner"]).database,
        )
        return psycopg.connect(url.render_as_string(hide_password=False))

    def restart(self, how: signal.Signals) -> float:
        """End PostgreSQL at once and start it again; the seconds it was away.

        Args:
            how: ``SIGQUIT`` is an immediate shutdown; after ``SIGKILL`` of the first
                process the others end when they notice.
        """
        begin = time.monotonic()
        first = processes.postmaster(self.running.where.data)
        assert first is not None
        os.kill(first, how)
        assert self.running.process is not None
        self.running.process.wait()
        self.running = cluster.start(self.var, workers=self.workers)
        self.database.close()
        self.database = planes.database(self.running.urls)
        return time.monotonic() - begin


@contextmanager
def ground(workers: int) -> Iterator[Ground]:
    """Make one: settings, roles, walls and disk writes are those of an operator's."""
    with tempfile.TemporaryDirectory(prefix="nmis-chaos-") as folder:
        var = Path(folder)
        var.chmod(0o711)  # the server may run as another account
        running = cluster.start(var, workers=workers)
        made = Ground(var, workers, planes.database(running.urls), running)
        try:
            _fill(made.database)
            yield made
        finally:
            made.database.close()
            made.running.destroy()


def _fill(database: Database) -> None:
    migrate(database.owner)
    with database.owner.begin() as db:
        db.execute(select(func.nmis.make_partitions(*DAYS)))
        bundled.load(db)

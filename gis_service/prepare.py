"""Bring a database to the state that the service expects; safe to repeat.

Whoever opens the database by ``opened`` finds it migrated: a command works on a
machine where ``nmis up`` never ran.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module

from sqlalchemy import func, select

from gis_service import cluster, db
from gis_service.addresses import addresses
from gis_service.db import Database
from gis_service.migrate import migrate
from gis_service.settings import Settings

# Partitions are made daily; a month to spare covers a machine that slept.
SPARE_DAYS = 31


def schema(database: Database, settings: Settings) -> None:
    """Make tables, grants and the partitions that travel dates may fall into."""
    migrate(database.owner)
    partitions(database, settings)


def partitions(database: Database, settings: Settings) -> None:
    """Make the months from the window's start to its end and a month more."""
    ahead = timedelta(days=settings.window_ahead + SPARE_DAYS)
    last = datetime.now(UTC).date() + ahead
    with database.owner.begin() as connection:
        connection.execute(
            select(func.nmis.make_partitions(settings.window_start, last))
        )


def everything(database: Database, settings: Settings) -> None:
    """Make the schema and load the bundled boundaries where they are missing."""
    schema(database, settings)
    # Its libraries take half a second to read: `nmis up` has started the workers by
    # then, and `nmis db stop` needs none of them.
    import_module("gis_service.reference").load(database)


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """Open the database for a command, ready to use.

    The private cluster is started where it is not running, and then stopped again.

    Raises:
        ClusterError: the private cluster cannot be used; says what to do.
    """
    running = None
    if not settings.database_url:
        running = cluster.start(settings.var, workers=settings.workers)
    database = db.database(addresses(settings), patient=True)
    try:
        everything(database, settings)
        yield database
    finally:
        database.close()
        if running and running.process:
            running.stop()

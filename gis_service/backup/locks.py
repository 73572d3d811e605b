"""What a backup holds while it works: no purge beside it, and every table in place.

Tables are read as they were at one moment, but a table that is dropped and made anew
meanwhile, or emptied by TRUNCATE, is empty at that moment too. So all are locked before
the moment is chosen; whoever reads and writes rows goes on.
"""

from typing import Any

import psycopg
from psycopg import sql

from gis_service.backup.contents import tables

# A purge may wait ten minutes for readers, and then rewrites tables.
PURGE_WAIT = "15min"
# Whoever changes a table itself, as a migration does, is done in seconds.
TABLE_WAIT = "60s"
# A table made or dropped between the list and the locks: then all begins anew.
_TRIES = 5


class Unsteady(Exception):
    """The tables cannot be held still; the message says why."""


def beside_no_purge(db: psycopg.Connection[Any], *, wait: str = PURGE_WAIT) -> None:
    """Wait until no purge works; none begins until the connection is closed.

    Args:
        db: in autocommit.
        wait: for so long at most, as PostgreSQL has it.

    Raises:
        Unsteady: a purge goes on.
    """
    _patience(db, wait)
    try:
        # The lock of gis_service/retention.py, shared: backups may be several.
        db.execute("SELECT pg_advisory_lock_shared(hashtext('nmis.purge'))")
    except psycopg.errors.LockNotAvailable as error:
        raise Unsteady(
            f"a purge has been at work for {wait}: it drops and rewrites tables; try"
            " again when it has ended (`nmis purge --dry-run` tells what is due)"
        ) from error


def held(db: psycopg.Connection[Any], *, wait: str = TABLE_WAIT) -> None:
    """Begin a transaction of one moment in which every table of ours stays in place.

    Args:
        db: outside of a transaction and not in autocommit, as the tables' owner.
        wait: for a table at most, as PostgreSQL has it.

    Raises:
        Unsteady: somebody changes a table itself, for longer.
    """
    for _ in range(_TRIES):
        found = tables(db)
        db.commit()
        db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        _patience(db, wait)
        try:
            _locked(db, found)
        except psycopg.errors.UndefinedTable:
            db.rollback()
            continue
        # The first look fixes the moment: now, with all locks held.
        if tables(db) == found:
            return
        db.rollback()
    raise Unsteady("tables come and go: a migration is at work; try again when it ends")


def _locked(db: psycopg.Connection[Any], found: list[tuple[str, str]]) -> None:
    if not found:
        return
    names = sql.SQL(", ").join(sql.Identifier(*name) for name in found)
    try:
        db.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(names))
    except psycopg.errors.LockNotAvailable as error:
        raise Unsteady(
            "a table is being changed or rewritten, by a migration or a purge; try"
            " again when that has ended"
        ) from error


def _patience(db: psycopg.Connection[Any], wait: str) -> None:
    # Unlike set_config() it fixes no moment yet.
    db.execute(sql.SQL("SET lock_timeout = {}").format(sql.Literal(wait)))

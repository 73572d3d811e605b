"""The file of the erased brought to what the database has, whatever came between.

With each purge, daily, and before a backup: a crash between commit and file, a full
disk, or an installation from before there was a file are made up for.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, func, select

from gis_service.audit.keys import AuditKey
from gis_service.retention_kept import (
    PEOPLE,
    Gone,
    Line,
    Month,
    added,
    erased_file,
    key_name,
    lines_in,
)
from movements.retention_tables import ERASED, ERASED_REF, PURGE_RUN

# The database's lists of keyed hashes, each with its day: columns ``hash``, ``gone``.
LISTS: dict[str, Table] = {PEOPLE: ERASED, "refs": ERASED_REF}
# Hashes in a line, and rows held at a time.
CHUNK = 1_000


@dataclass(slots=True)
class _Kept:
    """What the file has: how many of each list and day, and which months."""

    hashes: Counter[tuple[str, date]] = field(default_factory=Counter)
    months: set[tuple[date, int, bool]] = field(default_factory=set)


def caught_up(owner: Engine, *, key: AuditKey, var: Path) -> None:
    """Append to the file what the database has and it has not.

    Args:
        owner: the database, as its owner; of any migration.
        key: of the installation.
        var: the folder for everything made at run time (``NMIS_VAR``).

    Raises:
        BadErasedFile: the file holds something else.
    """
    path = erased_file(var)
    added(path, ())  # so that a file that is not there is one that was lost
    kept = _kept(path, key_name(key))
    with owner.connect() as db:
        if _is_there(db, PURGE_RUN):
            added(path, _months(db, kept))
        for of, table in LISTS.items():
            if _is_there(db, table):
                added(path, _missing(db, of, kept, path=path, name=key_name(key)))


def _kept(path: Path, name: str) -> _Kept:
    found = _Kept()
    for line in lines_in(path):
        if isinstance(line, Month):
            found.months.add((line.month, line.run, line.destroyed))
        elif line.key == name:
            found.hashes[line.of, line.day] += len(line.hashes)
    return found


def _is_there(db: Connection, table: Table) -> bool:
    found = select(func.to_regclass(table.fullname))
    return db.execute(found).scalar_one() is not None


def _months(db: Connection, kept: _Kept) -> Iterator[Month]:
    of = PURGE_RUN.c
    runs = select(of.month, of.run, of.archived_at, of.destroyed_at)
    for month, run, *instants in db.execute(runs.order_by(of.month, of.run)).all():
        for destroyed, at in zip((False, True), instants, strict=True):
            if at is not None and (month, run, destroyed) not in kept.months:
                yield Month(month, run, at, destroyed)


def _missing(
    db: Connection, of: str, kept: _Kept, *, path: Path, name: str
) -> Iterator[Line]:
    table = LISTS[of]
    days = select(table.c.gone, func.count()).group_by(table.c.gone)
    for day, count in db.execute(days.order_by(table.c.gone)).all():
        if count != kept.hashes[of, day]:
            new = _new(db, table, Gone(of, name, day, ()), path)
            while some := tuple(islice(new, CHUNK)):
                yield Gone(of, name, day, some)


def _new(db: Connection, table: Table, like: Gone, path: Path) -> Iterator[bytes]:
    """Yield a day's hashes that are not in the file; those that are, are in memory."""
    have = {
        each
        for line in lines_in(path)
        if isinstance(line, Gone)
        and (line.of, line.key, line.day) == (like.of, like.key, like.day)
        for each in line.hashes
    }
    streaming = {"stream_results": True, "yield_per": CHUNK}
    gone = select(table.c.hash).where(table.c.gone == like.day)
    for (of,) in db.execute(gone, execution_options=streaming):
        if bytes(of) not in have:
            yield bytes(of)

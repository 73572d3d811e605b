"""The folder of base files: one writer, many readers, and nothing half-written read."""

import logging
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, func, select

from boundaries.version import versions
from layers.cube import container, history
from layers.cube.base import Base, base
from layers.cube.built import arrays
from layers.cube.rows import whole
from movements.flow import forget

log = logging.getLogger("nmis.cube")

# The newest, and the one before it, which a slow worker may be about to open.
KEPT = 2

LOCK = func.hashtext("nmis.cube")
NAME = re.compile(r"([0-9a-f]+)-(\d+)\.cube")


@dataclass(frozen=True, slots=True)
class BaseFile:
    """A base on the disk, by its name; whether it is whole shows when opened."""

    path: Path
    epoch: int
    version: int


def every(folder: Path) -> list[BaseFile]:
    """Return all bases, the newest first."""
    named = ((path, NAME.fullmatch(path.name)) for path in folder.glob("*.cube"))
    found = [
        BaseFile(path, int(name[1], 16), int(name[2])) for path, name in named if name
    ]
    return sorted(found, key=lambda each: -each.version)


def files(folder: Path, epoch: int) -> list[BaseFile]:
    """Return the bases of a history, the newest first."""
    return [each for each in every(folder) if each.epoch == epoch]


def opened(folder: Path, *, epoch: int, floor: int, version: int) -> Base | None:
    """Return the newest whole base of a history that deltas can bring up to date.

    Args:
        folder: where bases are.
        epoch: of which history.
        floor: deltas up to this version are gone.
        version: of the flows now; a base cannot be newer.
    """
    for each in files(folder, epoch):
        if not floor <= each.version <= version:
            continue
        try:
            found, about = container.mapped(each.path)
            return base(found, **about)
        except (container.TornFile, OSError, KeyError, TypeError, ValueError) as error:
            log.warning("base %s is not used: %s", each.path.name, error)
    return None


def read(db: Connection) -> tuple[dict[str, container.Array], dict[str, int]]:
    """Return the flows as a base's arrays and what is said about them.

    Args:
        db: within a transaction that sees one state of the database (REPEATABLE
            READ), so that version and rows belong together.
    """
    known = versions(db)
    found, first_day = arrays(whole(db))
    about = {"version": known["flows"], "epoch": known["flow_epoch"]}
    return found, about | {"first_day": first_day}


def renewed(db: Connection, folder: Path) -> Path | None:
    """Write a new base, unless another process is at it; return where.

    The lock ends with the connection, so a killed writer leaves none; what it left
    half-written is removed by the next.

    Args:
        db: a connection of its own on the owner plane, REPEATABLE READ.
        folder: where bases are.
    """
    if not db.execute(select(func.pg_try_advisory_lock(LOCK))).scalar_one():
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in folder.glob("*.part"):
            part.unlink(missing_ok=True)
        db.rollback()  # what was committed while waiting belongs into it
        _refounded(db, folder)
        found, about = read(db)
        name = f"{about['epoch']:x}-{about['version']}.cube"
        container.write(folder / name, found, about)
        db.rollback()
        _tidied(db, folder, about["epoch"])
        return folder / name
    finally:
        db.rollback()
        db.execute(select(func.pg_advisory_unlock(LOCK)))
        db.rollback()


def _refounded(db: Connection, folder: Path) -> None:
    """Begin another history where the database is behind the bases of its own.

    Under the lock: no base can have been written since the version was read.
    """
    known = versions(db)
    newest = max(
        (each.version for each in files(folder, known["flow_epoch"])), default=0
    )
    if newest > known["flows"]:
        log.warning("the database is older than its bases: a restored backup?")
        history.begin(db, beyond=newest)
    db.commit()


def _tidied(db: Connection, folder: Path, epoch: int) -> None:
    """Remove old bases, and the deltas that the older of those kept contains."""
    mine = files(folder, epoch)
    every = {each.path for each in mine[:KEPT]}
    for path in folder.glob("*.cube"):
        if path not in every:
            with suppress(OSError):
                path.unlink()
    if len(mine) >= KEPT:
        forget(db, mine[KEPT - 1].version)
        db.commit()

"""What tests of the cube's keeping need: commits, readers, and a writer of bases."""

from pathlib import Path

from sqlalchemy import create_engine, func, select, update
from sqlalchemy.pool import NullPool

from boundaries.version import VERSION, versions
from gis_service.db import Database
from layers.cube.folder import renewed
from layers.cube.keeper import Keeper
from layers.cube.snapshot import Snapshot
from movements.flow import FLOW_DAY
from tests.flow_rows import MUMBAI, PUNE, flow
from tests.flow_truth import change

ALWAYS = 0, 2**15 - 1  # every day that a cube can count


def commit(database: Database, n: int, **more) -> int:
    """Add people in a transaction of its own, as a batch does; the version then."""
    with database.owner.begin() as db:
        return change(db, [flow(MUMBAI, PUNE, n, **more)])


def commit_rows(database: Database, rows) -> int:
    """The same for several rows."""
    with database.owner.begin() as db:
        return change(db, rows)


def renew(database: Database, folder: Path) -> Path | None:
    """Write a base as ``python -m gis_service.cube_writer`` does, in this process."""
    engine = create_engine(
        database.owner.url, poolclass=NullPool, isolation_level="REPEATABLE READ"
    )
    with engine.connect() as db:
        return renewed(db, folder)


def asked(kept: Keeper, database: Database) -> Snapshot:
    """The cube as a request gets it: the version first."""
    with database.read.connect() as db:
        return kept.at(db, versions(db))


def tended(kept: Keeper, database: Database) -> None:
    """What the thread beside the requests does once."""
    with database.read.connect() as db:
        kept.tend(db)


def people(cube: Snapshot) -> int:
    """Everyone in a cube but the cancelled."""
    return int(cube.window(*ALWAYS, None).sum())


def people_now(database: Database) -> int:
    """The same by SQL."""
    with database.owner.connect() as db:
        total = select(func.sum(FLOW_DAY.c.n)).where(FLOW_DAY.c.status != "cancelled")
        return db.execute(total).scalar_one() or 0


def known(database: Database) -> dict[str, int]:
    """Every subject's version."""
    with database.read.connect() as db:
        return versions(db)


def put_back(database: Database, subject: str, version: int) -> None:
    """Say that a subject is at a version, as a restored backup does."""
    with database.owner.begin() as db:
        row = update(VERSION).where(VERSION.c.subject == subject)
        db.execute(row.values(version=version))

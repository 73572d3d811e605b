"""Where the attacks happen: a release of a crowd, and the service that tells it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO

import polars as pl
from sqlalchemy import delete

from gis_service import access
from gis_service.app import create_app
from gis_service.db import Database
from gis_service.secrets import release_key
from gis_service.settings import Settings
from movements.flow import FLOW_DAY
from movements.release.draw import ReleaseKey
from movements.release.make import make
from tests.attack.door import Door, in_process, over_wire
from tests.bench import crowd, filling
from tests.bench.ground import ground
from tests.bench.service import serving

# All weeks of the crowd are over, and none may be corrected any more.
TODAY = date(2021, 1, 4)
ROLES = ("analyst", "ministry")


@dataclass(frozen=True, slots=True)
class Stage:
    """A published release and its service.

    Attributes:
        door: all that an attacker has.
        database: what only the judge looks into.
        counts: everyone, as a release counts them: the truth.
        key: of the release.
    """

    door: Door
    database: Database
    counts: pl.DataFrame
    key: ReleaseKey


@contextmanager
def served(people: int) -> Iterator[Stage]:
    """A crowd in a database of its own, released, served by granian."""
    with ground() as on:
        settings = replace(on.settings, public="release")
        counts, key = released(on.database, settings, people)
        with serving(settings) as client:
            door = Door(over_wire(client.wire), tokens(on.database, counts))
            yield Stage(door, on.database, counts, key)


@contextmanager
def staged(database: Database, settings: Settings, people: int) -> Iterator[Stage]:
    """A crowd, released, and the application in this process."""
    counts, key = released(database, settings, people)
    app = create_app(settings, database)
    door = Door(in_process(app), tokens(database, counts))
    yield Stage(door, database, counts, key)


def released(
    database: Database, settings: Settings, people: int
) -> tuple[pl.DataFrame, ReleaseKey]:
    """Fill a database with a crowd and publish a release of it."""
    rows = crowd.counted(crowd.crowd(database, people))
    fill(database, rows)
    key = release_key(settings.var, may_make=True)
    make(database.owner, key=key, today=TODAY)
    return weekly(rows), key


def fill(database: Database, rows: pl.DataFrame) -> None:
    """Put rows of ``flow_day`` in place of what was there."""
    text = BytesIO()
    rows.write_csv(text, include_header=False)
    into = f"COPY nmis.flow_day ({', '.join(rows.columns)}) FROM STDIN (FORMAT csv)"
    with database.owner.begin() as db:
        db.execute(delete(FLOW_DAY))
        wire = db.connection.driver_connection
        with wire.cursor().copy(into) as copy:
            copy.write(text.getvalue())
        for statement in (filling.NEW_EPOCH, filling.NEW_VERSION):
            db.exec_driver_sql(statement)
        db.exec_driver_sql("ANALYZE nmis.flow_day")


def tokens(database: Database, counts: pl.DataFrame) -> dict[str, str]:
    """Return a token of each role that reads, and of an officer of each state."""
    states = sorted({*counts["origin_state"], *counts["destination_state"]})
    with database.owner.begin() as db:
        found = {role: access.issue(db, role=role) for role in ROLES}
        for state in states:
            found[f"state {state}"] = access.issue(db, role="state", state=int(state))
    return found


def weekly(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows of ``flow_day`` as a release counts them."""
    return rows.with_columns(
        pl.col("day").cast(pl.Date), pl.col("n").cast(pl.Int64)
    ).with_columns(pl.col("day").dt.truncate("1w").alias("week"))

"""What is published, as the analyst's login of the database reads it."""

import polars as pl
from sqlalchemy import select

from gis_service.db import Database
from movements.release.tables import CATEGORY_RELEASE, FLOW_RELEASE, RELEASE_WEEK
from tests.attack.seen import SCHEMA


def flows(database: Database, release: int = 1) -> pl.DataFrame:
    """Return the atoms of flows of a release, as ``seen.seen``."""
    atom = FLOW_RELEASE.c
    return _of(database, FLOW_RELEASE, [atom[name] for name in SCHEMA], release).sort(
        *SCHEMA, nulls_last=True
    )


def categories(database: Database, release: int = 1) -> pl.DataFrame:
    """Return ``level, week, origin_state, category, n``; 0 is the country."""
    atom = CATEGORY_RELEASE.c
    names = ("level", "week", "origin_state", "category", "n")
    return _of(database, CATEGORY_RELEASE, [atom[name] for name in names], release)


def _of(database: Database, table, columns, release: int) -> pl.DataFrame:
    of_release = (
        select(*columns)
        .join_from(
            table,
            RELEASE_WEEK,
            (RELEASE_WEEK.c.week == table.c.week)
            & (RELEASE_WEEK.c.edition == table.c.edition),
        )
        .where(RELEASE_WEEK.c.release == release)
    )
    with database.release.connect() as db:
        rows = [tuple(row) for row in db.execute(of_release)]
    schema = {column.name: SCHEMA.get(column.name, pl.String) for column in columns}
    return pl.DataFrame(rows, schema=schema, orient="row")

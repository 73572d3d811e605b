"""A release of a small demonstration, for the tests that read it."""

from datetime import date

import polars as pl
from sqlalchemy import select

from gis_service.secrets import release_key
from layers.cube.released import REST
from movements.release.make import make
from movements.release.tables import FLOW_RELEASE
from tests.bench import crowd
from tests.flow_rows import add

TODAY = date(2020, 12, 31)
COLUMNS = [column.name for column in FLOW_RELEASE.c]


def released(app, database, *, people: int = 60_000) -> pl.DataFrame:
    """Fill a database, make a release of it, and return its atoms."""
    rows = crowd.counted(crowd.crowd(database, people)).to_dicts()
    with database.owner.begin() as db:
        add(db, rows)
    key = release_key(app.extensions["settings"].var, may_make=True)
    make(database.owner, key=key, today=TODAY)
    return atoms(database)


def atoms(database) -> pl.DataFrame:
    """Return every published atom, with the codes that its ends go by."""
    with database.release.connect() as db:
        rows = [tuple(row) for row in db.execute(select(FLOW_RELEASE)).all()]
    found = pl.DataFrame(rows, schema=COLUMNS, orient="row", infer_schema_length=None)
    return found.with_columns(
        pl.coalesce(pl.col(end), REST + pl.col(f"{end}_state").fill_null(0)).alias(
            f"{end}_code"
        )
        for end in ("origin", "destination")
    ).with_columns(
        pl.max_horizontal(pl.lit(6), pl.col("n") - 10).alias("low"),
        (pl.col("n") + 10).alias("high"),
    )

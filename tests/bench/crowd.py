"""A million journeys, quickly: the demonstration's people, straight into the tables.

Only for benches: nothing is checked, sealed or routed. The journeys have the
concentration of the demonstration (a few pairs of districts carry most people); they
stand in ``nmis.movement`` and, counted, in ``nmis.flow_day``, as batches leave them.
"""

from io import BytesIO

import numpy as np
import polars as pl
import psycopg

from gis_service.db import Database
from gis_service.demo import places
from gis_service.demo.population import Population, journeys, population

SEED = 20200512


def crowd(database: Database, people: int, *, seed: int = SEED) -> Population:
    with database.owner.connect() as db:
        touching = places.touching(db)
    return population(np.random.default_rng(seed), people, touching)


def fill(admin: str, going: Population) -> pl.DataFrame:
    """Fill the tables, in place of what was counted before; return ``flow_day``."""
    each = journeys(going)
    counted = (
        each.group_by("origin", "destination", "day", "mode", "category")
        .agg(
            pl.col("origin_state").first(),
            pl.col("destination_state").first(),
            pl.len().alias("n"),
        )
        .with_columns(status=pl.lit("planned"))
        .sort("origin", "destination", "day", "mode", "category")
    )
    with psycopg.connect(admin) as db:
        db.execute("TRUNCATE nmis.flow_day, nmis.flow_delta, nmis.route_day")
        _copy(db, "nmis.flow_day", counted)
        _copy_movements(db, each)
        db.execute("UPDATE nmis.subject_version SET version = version + 1")
        db.commit()
        db.autocommit = True
        db.execute("VACUUM ANALYZE nmis.flow_day")
        db.execute("ANALYZE nmis.movement")
    return counted


def _copy(db: psycopg.Connection, table: str, rows: pl.DataFrame) -> None:
    text = BytesIO()
    rows.write_csv(text, include_header=False)
    into = f"COPY {table} ({', '.join(rows.columns)}) FROM STDIN (FORMAT csv)"
    with db.cursor().copy(into) as copy:
        copy.write(text.getvalue())


def _copy_movements(db: psycopg.Connection, each: pl.DataFrame) -> None:
    """Copy the ends, then let the server make identifiers and points."""
    db.execute("""CREATE TEMPORARY TABLE ends (origin smallint, destination smallint,
        origin_state smallint, destination_state smallint, day date,
        mode nmis.travel_mode, category nmis.travel_category)""")
    order = (
        "origin",
        "destination",
        "origin_state",
        "destination_state",
        "day",
        "mode",
        "category",
    )
    _copy(db, "ends", each.select(order))
    db.execute("""
        INSERT INTO nmis.movement (bucket, movement_id, travel_date, person_id, tenant,
            batch_id, row_number, category, mode, stage, origin_district,
            destination_district, origin_state, destination_state, transit,
            route_states, route_id, origin, destination, origin_located,
            destination_located)
        SELECT floor(random() * 64), gen_random_uuid(), day, gen_random_uuid(),
            origin_state, b.batch_id, 1, category, mode, 'planned', e.origin,
            e.destination, origin_state, destination_state, '{}',
            ARRAY[origin_state, destination_state], b.batch_id, o.inner_point,
            d.inner_point, 'district', 'district'
        FROM ends e
        JOIN nmis.unit o ON o.level = 'district' AND o.code = e.origin
        JOIN nmis.unit d ON d.level = 'district' AND d.code = e.destination
        CROSS JOIN (SELECT gen_random_uuid() AS batch_id) b""")

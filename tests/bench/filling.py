"""A crowd into the tables, as batches would have left it, in place of what was there.

Journeys stand in ``nmis.movement`` and, counted, in ``nmis.flow_day``. The history of
flows begins anew: no file or overlay made of the former one is of any use.
"""

from io import BytesIO

import polars as pl
import psycopg

from tests.bench import wire
from tests.bench.crowd import counted

# As in migration 0003: a number that no other history of flows has.
NEW_EPOCH = """
    UPDATE nmis.subject_version SET version =
        ('x' || substr(md5(gen_random_uuid()::text), 1, 13))::bit(52)::bigint
    WHERE subject = 'flow_epoch'"""
NEW_VERSION = """
    UPDATE nmis.subject_version SET version = version + 1
    WHERE subject IN ('flows', 'routes')"""
NO_DELTAS_BELOW = """
    UPDATE nmis.subject_version SET version =
        (SELECT version FROM nmis.subject_version WHERE subject = 'flows')
    WHERE subject = 'flow_floor'"""


def fill(admin: str, each: pl.DataFrame) -> pl.DataFrame:
    """Fill the tables; return the rows of ``flow_day``."""
    rows = counted(each)
    with psycopg.connect(admin) as db:
        db.execute("TRUNCATE nmis.flow_day, nmis.flow_delta, nmis.route_day")
        db.execute("TRUNCATE nmis.movement")
        _copy(db, "nmis.flow_day", rows)
        wire.copy_movements(db, each)
        for statement in (NEW_EPOCH, NEW_VERSION, NO_DELTAS_BELOW):
            db.execute(statement)
        db.commit()
        db.autocommit = True
        db.execute("VACUUM ANALYZE nmis.flow_day")
        db.execute("ANALYZE nmis.movement")
        db.execute("CHECKPOINT")
    return rows


def _copy(db: psycopg.Connection, table: str, rows: pl.DataFrame) -> None:
    text = BytesIO()
    rows.write_csv(text, include_header=False)
    into = f"COPY {table} ({', '.join(rows.columns)}) FROM STDIN (FORMAT csv)"
    with db.cursor().copy(into) as copy:
        copy.write(text.getvalue())

"""COPY alone: the final rows of a batch into twin tables, in one transaction.

The twins have the same columns, partitions, keys and indexes as the tables that a
batch fills (people, movements, vault), and no policies. This is the yardstick of
the bar: nothing can be loaded faster than its own rows by COPY. A batch also writes
a row per person into ``nmis.batch_row`` and, where states send their own row ids,
``nmis.source_ref``; copying those too is measured beside it.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

YARDSTICK = ("person", "movement", "profile")
BESIDE = ("batch_row", "source_ref")
SCHEMAS = {**dict.fromkeys((*YARDSTICK, *BESIDE), "nmis"), "profile": "vault"}

_OF_BATCH = {
    "person": """SELECT p.* FROM nmis.person p
        JOIN nmis.movement m USING (bucket, person_id) WHERE m.batch_id = {}""",
    "movement": "SELECT m.* FROM nmis.movement m WHERE m.batch_id = {}",
    "profile": """SELECT v.* FROM vault.profile v
        JOIN nmis.movement m USING (bucket, person_id) WHERE m.batch_id = {}""",
    "batch_row": "SELECT b.* FROM nmis.batch_row b WHERE b.batch_id = {}",
    "source_ref": """SELECT s.* FROM nmis.source_ref s
        JOIN nmis.movement m USING (bucket, movement_id) WHERE m.batch_id = {}""",
}


@dataclass(frozen=True, slots=True)
class Final:
    """The rows that a batch left, by table, in COPY's binary form."""

    rows: dict[str, bytes]


def make(db: psycopg.Connection) -> None:
    db.execute("CREATE SCHEMA twin")
    for table, schema in SCHEMAS.items():
        _make_table(db, schema, table)
    db.commit()


def final(db: psycopg.Connection, batch: str) -> Final:
    """Read the rows of a committed batch."""
    rows = {}
    for table in SCHEMAS:
        query = sql.SQL(_OF_BATCH[table]).format(sql.Literal(batch))
        out = sql.SQL("COPY ({}) TO STDOUT (FORMAT binary)").format(query)
        with db.cursor().copy(out) as copy:
            rows[table] = b"".join(map(bytes, copy))
    db.commit()
    return Final(rows)


def copied(db: psycopg.Connection, batch: Final, tables: Sequence[str]) -> float:
    """Copy a batch's rows into the twins; return the seconds to COMMIT."""
    begin = time.perf_counter()
    for table in tables:
        into = sql.SQL("COPY twin.{} FROM STDIN (FORMAT binary)")
        with db.cursor().copy(into.format(sql.Identifier(table))) as copy:
            copy.write(batch.rows[table])
    db.commit()
    return time.perf_counter() - begin


def _make_table(db: psycopg.Connection, schema: str, table: str) -> None:
    names = {"one": sql.Identifier(schema, table), "twin": sql.Identifier(table)}
    key = db.execute(
        "SELECT pg_get_partkeydef(%s::regclass)", (f"{schema}.{table}",)
    ).fetchone()[0]
    split = sql.SQL("PARTITION BY " + key if key else "")
    create = "CREATE TABLE twin.{twin} (LIKE {one} INCLUDING ALL) {split}"
    db.execute(sql.SQL(create).format(**names, split=split))
    parts = db.execute(
        """SELECT c.relname, pg_get_expr(c.relpartbound, c.oid)
        FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
        WHERE inhparent = %s::regclass""",
        (f"{schema}.{table}",),
    ).fetchall()
    for name, bounds in parts:
        create = "CREATE TABLE twin.{part} PARTITION OF twin.{twin} {bounds}"
        statement = sql.SQL(create).format(
            **names, part=sql.Identifier(name), bounds=sql.SQL(bounds)
        )
        db.execute(statement)

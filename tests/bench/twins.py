"""COPY alone: the final rows of a batch into twin tables, in one transaction.

The yardstick is COPY as it is by default, in text; the binary form, which the server
reads faster and which few clients write, is measured beside it.

The twins have the same columns, partitions, keys and indexes as the tables that a
batch fills (people, movements, vault), and no policies. This is the yardstick of
the bar: nothing can be loaded faster than its own rows by COPY. A batch also writes
its list of people into ``nmis.batch_people`` and, where states send their own row
ids, ``nmis.source_ref``; copying those too is measured beside it.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql

YARDSTICK = ("person", "movement", "profile")
BESIDE = ("batch_people", "source_ref")
# The schema of the twins that are filled by each form of COPY.
FORMS = {"text": "twin", "binary": "twin_binary"}
SCHEMAS = {**dict.fromkeys((*YARDSTICK, *BESIDE), "nmis"), "profile": "vault"}

_OF_BATCH = {
    "person": """SELECT p.* FROM nmis.person p
        JOIN nmis.movement m USING (bucket, person_id) WHERE m.batch_id = {}""",
    "movement": "SELECT m.* FROM nmis.movement m WHERE m.batch_id = {}",
    "profile": """SELECT v.* FROM vault.profile v
        JOIN nmis.movement m USING (bucket, person_id) WHERE m.batch_id = {}""",
    "batch_people": "SELECT b.* FROM nmis.batch_people b WHERE b.batch_id = {}",
    "source_ref": """SELECT s.* FROM nmis.source_ref s
        JOIN nmis.movement m USING (bucket, movement_id) WHERE m.batch_id = {}""",
}


@dataclass(frozen=True, slots=True)
class Final:
    """The rows that a batch left, by table and form of COPY."""

    rows: dict[tuple[str, str], bytes]


def make(db: psycopg.Connection) -> None:
    for twins in FORMS.values():
        db.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(twins)))
        for table, schema in SCHEMAS.items():
            _make_table(db, (schema, table), twins)
    db.commit()


def final(db: psycopg.Connection, batch: str) -> Final:
    """Read the rows of a committed batch."""
    rows = {}
    for table in SCHEMAS:
        query = sql.SQL(_OF_BATCH[table]).format(sql.Literal(batch))
        for form in FORMS:
            out = sql.SQL("COPY ({}) TO STDOUT (FORMAT {})")
            with db.cursor().copy(out.format(query, sql.SQL(form))) as copy:
                rows[table, form] = b"".join(map(bytes, copy))
    db.commit()
    return Final(rows)


def copied(
    db: psycopg.Connection, batch: Final, tables: Sequence[str], *, form: str = "text"
) -> float:
    """Copy a batch's rows into the twins; return the seconds to COMMIT."""
    begin = time.perf_counter()
    for table in tables:
        into = sql.SQL("COPY {} FROM STDIN (FORMAT {})")
        statement = into.format(sql.Identifier(FORMS[form], table), sql.SQL(form))
        with db.cursor().copy(statement) as copy:
            copy.write(batch.rows[table, form])
    db.commit()
    return time.perf_counter() - begin


def _make_table(db: psycopg.Connection, one: tuple[str, str], twins: str) -> None:
    original = ".".join(one)
    names = {"one": sql.Identifier(*one), "twin": sql.Identifier(twins, one[1])}
    key = db.execute("SELECT pg_get_partkeydef(%s::regclass)", (original,)).fetchone()[
        0
    ]
    split = sql.SQL("PARTITION BY " + key if key else "")
    create = "CREATE TABLE {twin} (LIKE {one} INCLUDING ALL) {split}"
    db.execute(sql.SQL(create).format(**names, split=split))
    parts = db.execute(
        """SELECT c.relname, pg_get_expr(c.relpartbound, c.oid)
        FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
        WHERE inhparent = %s::regclass""",
        (original,),
    ).fetchall()
    for name, bounds in parts:
        create = "CREATE TABLE {part} PARTITION OF {twin} {bounds}"
        part = sql.Identifier(twins, name)
        db.execute(sql.SQL(create).format(**names, part=part, bounds=sql.SQL(bounds)))

"""What a database holds, table by table, so that a restored one can be compared."""

import hashlib
from typing import Any

import psycopg
from psycopg import sql

SCHEMAS = ("nmis", "vault", "aadhaar", "audit")

# Tables that hold rows themselves: of partitioned ones the partitions.
TABLES = sql.SQL(
    """SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n
    ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname = ANY(%s) ORDER BY 1, 2"""
)
REVISION = sql.SQL("SELECT version_num FROM {}").format(
    sql.Identifier("nmis", "alembic_version")
)


def contents(db: psycopg.Connection[Any]) -> dict[str, dict[str, Any]]:
    """Return rows and SHA-256 of each table by name, from one snapshot.

    The hash is of all rows as text, in the order of that text, so it is the same
    whatever order they lie in. Memory stays that of one row.

    Args:
        db: in a REPEATABLE READ transaction, as the tables' owner.
    """
    return {
        f"{schema}.{table}": _table(db, schema, table) for schema, table in tables(db)
    }


def tables(db: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """Return schema and name of each table of ours that holds rows, in order."""
    return list(db.execute(TABLES, (list(SCHEMAS),)))


def revision(db: psycopg.Connection[Any]) -> str | None:
    """Return the migration that the database is at, where it has any tables."""
    if db.execute("SELECT to_regclass('nmis.alembic_version')").fetchone() == (None,):
        return None
    found = db.execute(REVISION).fetchone()
    return None if found is None else str(found[0])


def extensions(db: psycopg.Connection[Any]) -> list[str]:
    """Return the names of the extensions that the database has, in order."""
    found = db.execute("SELECT extname FROM pg_extension ORDER BY 1").fetchall()
    return [name for (name,) in found]


def extend(db: psycopg.Connection[Any], names: list[str]) -> None:
    """Install the extensions that are missing.

    Raises:
        psycopg.Error: one is not there, or its owner may not install it.
    """
    for name in names:
        db.execute(
            sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name))
        )


def _table(db: psycopg.Connection[Any], schema: str, table: str) -> dict[str, Any]:
    query = sql.SQL('SELECT t::text FROM {} t ORDER BY t::text COLLATE "C"').format(
        sql.Identifier(schema, table)
    )
    digest, rows = hashlib.sha256(), 0
    with db.cursor(name="contents") as cursor:
        cursor.itersize = 2_000
        for (text,) in cursor.execute(query):
            encoded = text.encode()
            digest.update(len(encoded).to_bytes(8, "big") + encoded)
            rows += 1
    return {"rows": rows, "sha256": digest.hexdigest()}

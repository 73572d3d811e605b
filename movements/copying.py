"""Frames into temporary tables by COPY, for the length of a transaction.

Only sealed bytes and codes pass here: what is personal never stands in plain in any
table, temporary ones included.
"""

import polars as pl
from psycopg import Connection as Driver
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, Table
from sqlalchemy.schema import CreateTable


def copied(db: Connection, table: Table, frame: pl.DataFrame) -> None:
    """Make a temporary table (of the same transaction) and fill it from a frame.

    The frame has the table's columns; arrays, UUIDs and bytes as PostgreSQL's text.
    """
    db.execute(CreateTable(table))
    names = [column.name for column in table.columns]
    # COPY has no form in SQLAlchemy Core; identifiers are quoted by the driver.
    statement = SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        Identifier(table.name), SQL(", ").join(map(Identifier, names))
    )
    rows = frame.select(names).write_csv(include_header=False)
    driver = db.connection.driver_connection
    if not isinstance(driver, Driver):  # pragma: no cover - only psycopg is used
        raise TypeError("COPY needs psycopg")
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(rows)


def bytea(raw: bytes) -> str:
    """Return PostgreSQL's text of bytes."""
    return "\\x" + raw.hex()

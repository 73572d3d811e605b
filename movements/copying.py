"""Frames into temporary tables by COPY, for the length of a transaction.

Only sealed bytes and codes pass here: what is personal never stands in plain in any
table, temporary ones included.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import LiteralString

import polars as pl
from psycopg import OperationalError as DriverFailed
from psycopg.sql import SQL, Identifier
from sqlalchemy import Connection, LargeBinary, Table, Uuid
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import CreateTable

from movements.binary_rows import Packed
from routes.driver import driver


def copied(db: Connection, table: Table, frame: pl.DataFrame) -> None:
    """Make a temporary table (of the same transaction) and fill it from a frame.

    The frame has the table's columns; UUIDs as bytes, arrays as PostgreSQL's text.
    """
    names = [column.name for column in table.columns]
    texts = [_in_text(table, name) for name in names]
    rows = frame.select(names).select(texts).write_csv(include_header=False).encode()
    _filled(db, table, names, rows, form="csv")


def _in_text(table: Table, name: str) -> pl.Expr:
    kind = table.c[name].type
    if isinstance(kind, Uuid):
        return pl.col(name).bin.encode("hex")
    if isinstance(kind, LargeBinary):
        return pl.lit("\\x") + pl.col(name).bin.encode("hex")
    return pl.col(name)


def copied_packed(db: Connection, table: Table, packed: Packed) -> None:
    """Make a temporary table and fill it with packed rows, by COPY's binary form."""
    _filled(db, table, packed.names, packed.rows, form="binary")


def _filled(
    db: Connection,
    table: Table,
    names: Sequence[str],
    rows: bytes,
    *,
    form: LiteralString,
) -> None:
    db.execute(CreateTable(table))
    # COPY has no form in SQLAlchemy Core; identifiers are quoted by the driver.
    statement = SQL("COPY {} ({}) FROM STDIN (FORMAT {})").format(
        Identifier(table.name), SQL(", ").join(map(Identifier, names)), SQL(form)
    )
    with driver(db).cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(rows)


@contextmanager
def meanwhile(db: Connection) -> Iterator[None]:
    """Send statements without waiting for their ends.

    The server works on them while the app goes on with something else; an error of
    theirs is raised at the end of the block. Only for writes whose outcome is not
    looked at; COPY cannot be sent so.

    Raises:
        OperationalError: SQLAlchemy's, as of any other statement; of other kinds of
            errors the driver's own.
    """
    try:
        with driver(db).pipeline():
            yield
    except DriverFailed as error:
        raise OperationalError(None, None, error) from error

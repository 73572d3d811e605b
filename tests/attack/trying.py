"""Statements that may be refused, and what came of them as one text."""

import json

import psycopg
from psycopg import sql


def tried(db: psycopg.Connection, statement: sql.Composable) -> list | None:
    """Return the rows, or none where it is refused."""
    try:
        cursor = db.execute(statement)
        return [list(row) for row in cursor.fetchall()] if cursor.description else []
    except psycopg.Error:
        return None


def plain_text(found: list | None) -> str:
    """Return all values as one text, bytes in hexadecimal."""
    return json.dumps(found, default=_plain)


def _plain(value) -> str:
    return value.hex() if isinstance(value, bytes | memoryview) else str(value)

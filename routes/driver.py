"""The driver's own connection, for what SQLAlchemy has no form of."""

from psycopg import Connection as Driver
from sqlalchemy import Connection


def driver(db: Connection) -> Driver:
    """Return psycopg's connection below SQLAlchemy's.

    Raises:
        TypeError: another driver is used.
    """
    found = db.connection.driver_connection
    if not isinstance(found, Driver):  # pragma: no cover - only psycopg is used
        raise TypeError("this needs psycopg")
    return found

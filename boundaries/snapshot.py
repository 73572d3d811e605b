"""What a snapshot of the boundaries in memory is keyed by."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from boundaries.tables import BOUNDARY_SET
from boundaries.version import VERSION
from boundaries.vintage import Sets, sets_on


class Key(NamedTuple):
    """Equal keys mean equal boundaries; differs per database, version and sets.

    The time of the last load tells two loads apart of which one was rolled back.
    """

    database: str
    version: int
    loaded_at: datetime
    sets: Sets


def key(db: Connection, day: date | None = None) -> Key:
    """Return the key of the boundaries in force on ``day`` (default: the newest)."""
    sets = sets_on(db, day)
    last = select(func.max(BOUNDARY_SET.c.loaded_at)).scalar_subquery()
    now = select(VERSION.c.version, last).where(VERSION.c.subject == "boundaries")
    version, loaded_at = db.execute(now).one()
    address = db.engine.url.render_as_string(hide_password=True)
    return Key(address, version, loaded_at, sets)

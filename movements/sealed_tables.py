"""Which tables hold sealed records, and which of a month are under an older key."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, func, or_, select

from movements.aadhaar import Held
from movements.aadhaar_tables import AADHAAR_KEY, NUMBER
from movements.identity import bound
from movements.tables import DATA_KEY, PROFILE


@dataclass(frozen=True, slots=True)
class Kept:
    """A table of sealed records, the table of its keys, and what binds a record."""

    table: Table
    keys: Table
    bound: Callable[[Row[Any]], bytes]
    beside: tuple[str, ...] = ()


def _of_profile(row: Row[Any]) -> bytes:
    return bound((row.bucket, row.person_id.bytes, row.purge_month))


def _of_number(row: Row[Any]) -> bytes:
    return Held(row.bucket, row.person_id, row.purge_month, row.reference).bound


EVERY = (
    Kept(PROFILE, DATA_KEY, _of_profile),
    Kept(NUMBER, AADHAAR_KEY, _of_number, beside=("reference",)),
)


def under_older(db: Connection, month: date) -> int:
    """Return how many of a month's records are sealed with older versions."""
    return sum(
        db.execute(
            select(func.count())
            .select_from(kept.table)
            .where(kept.table.c.purge_month == month, older(kept, versions))
        ).scalar_one()
        for kept in EVERY
        if (versions := versions_of(db, kept.keys, month))
    )


def has_older(db: Connection, kept: Kept, month: date) -> bool:
    """Return whether a record of a table is sealed with an older version."""
    versions = versions_of(db, kept.keys, month)
    if not versions:
        return False
    of = kept.table.c
    one = select(of.bucket).where(of.purge_month == month, older(kept, versions))
    return db.execute(one.limit(1)).first() is not None


def versions_of(db: Connection, keys: Table, month: date) -> list[int]:
    """Return the versions that a month's key has in a table of keys."""
    found = select(keys.c.version).where(keys.c.purge_month == month)
    return list(db.execute(found).scalars())


def older(kept: Kept, versions: Sequence[int]) -> ColumnElement[bool]:
    """Return whether a record is sealed with another version than the newest."""
    sealed = kept.table.c.sealed
    # A record of the form before (1) is sealed with version 1.
    versionless: ColumnElement[bool] = func.get_byte(sealed, 0) == 1
    return or_(versionless, func.get_byte(sealed, 1) != max(versions))

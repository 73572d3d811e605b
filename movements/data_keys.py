"""Data keys: random, by purge month and version, wrapped under the key-encryption key.

Records are sealed with a month's newest key and name its version, so that a month can
be sealed anew while it is read and written. Whoever seals holds the month's lock
shared to the end of its transaction; whoever brings a new version or destroys the
keys holds it alone. So nothing is ever committed under a key that is gone.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Table,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from movements.alone import alone
from movements.errors import MovementError, Unsealable
from movements.sealing import DataKeys, MonthKeys
from movements.wrapping import KeyRing, UnknownKek, label, unwrapped, wrapped

LOCK = "nmis.data_key"
MOST_VERSIONS = 255  # a byte of each record
KEY_BYTES = 32


class TooManyVersions(MovementError):
    """A month was sealed anew as often as a record can tell."""


def for_writing(
    db: Connection, months: Iterable[date], *, ring: KeyRing, table: Table
) -> DataKeys:
    """Return the keys of months that records are to be sealed for, made if missing.

    Args:
        db: the connection of the transaction that stores the records.
        months: purge months.
        ring: the key-encryption keys.
        table: whose keys: ``tables.DATA_KEY`` or ``aadhaar_tables.AADHAAR_KEY``.
    """
    wanted = sorted(set(months))
    numbers = literal([_number(month) for month in wanted], ARRAY(Integer))
    # A statement of its own: the next one sees what was committed until it is held.
    db.execute(
        select(
            func.pg_advisory_xact_lock_shared(func.hashtext(LOCK), func.unnest(numbers))
        )
    )
    found = for_reading(db, wanted, ring=ring, table=table)
    missing = [month for month in wanted if month not in found]
    for month in missing:
        _made(db, month, 1, ring=ring, table=table)
    return for_reading(db, wanted, ring=ring, table=table) if missing else found


def for_reading(
    db: Connection, months: Iterable[date], *, ring: KeyRing, table: Table
) -> DataKeys:
    """Return the keys of those months that have any.

    Raises:
        Unsealable: a key does not open; UnknownKek: its key-encryption key is away.
    """
    wanted = sorted(set(months))
    try:
        return _opened(db, wanted, ring=ring, table=table)
    except UnknownKek:
        # Wrapped anew, and the old key gone, since the row was read.
        return _opened(db, wanted, ring=ring, table=table)


def beside(month: ColumnElement[date], *, table: Table) -> list[ColumnElement[Any]]:
    """Return columns ``versions`` and ``wrapped`` for a question for sealed records.

    So they come with what opens them: ``opened`` takes the rows.

    Args:
        month: the column of the question.
        table: whose keys, as of ``for_writing``.
    """
    of = table.alias("key").c  # the question may be for the keys' own rows
    return [
        func.array(
            select(of[name])
            .where(of.purge_month == month)
            .order_by(of.version)
            .scalar_subquery()
        ).label(label)
        for name, label in (("version", "versions"), ("wrapped", "wrapped"))
    ]


def opened(
    db: Connection, rows: Iterable[Row[Any]], *, ring: KeyRing, table: Table
) -> DataKeys:
    """Return the keys of rows with ``purge_month`` and the columns of ``beside``.

    Raises:
        Unsealable: a key does not open; UnknownKek: its key-encryption key is away.
    """
    by_month = {row.purge_month: (row.versions, row.wrapped) for row in rows}
    try:
        return _held(
            (
                (month, version, blob)
                for month, (versions, blobs) in by_month.items()
                for version, blob in zip(versions, blobs, strict=True)
            ),
            ring=ring,
            table=table,
        )
    except UnknownKek:
        return for_reading(db, by_month, ring=ring, table=table)


def renewed(db: Connection, month: date, *, ring: KeyRing, table: Table) -> int | None:
    """Return a new version of a month's key; None where the month has no key.

    Uploads into the month wait for the commit; those under way were waited for.

    Raises:
        TooManyVersions: the month has had 255.
    """
    alone(db, LOCK, number=_number(month))
    newest = db.execute(
        select(func.max(table.c.version)).where(table.c.purge_month == month)
    ).scalar_one()
    if newest is None:
        return None
    if newest == MOST_VERSIONS:
        raise TooManyVersions(f"{month:%Y-%m} was sealed anew {newest - 1} times")
    _made(db, month, newest + 1, ring=ring, table=table)
    return int(newest) + 1


def left_alone(db: Connection, month: date) -> None:
    """Wait for uploads into a month and let none begin before the transaction ends."""
    alone(db, LOCK, number=_number(month))


def _made(
    db: Connection, month: date, version: int, *, ring: KeyRing, table: Table
) -> None:
    named = label(table.c.wrapped, month, version)
    blob = wrapped(db, ring, secrets.token_bytes(KEY_BYTES), label=named)
    # Two batches may both find none: the first to insert wins, both read it.
    db.execute(
        insert(table)
        .values(purge_month=month, version=version, wrapped=blob)
        .on_conflict_do_nothing()
    )


def _opened(
    db: Connection, months: Sequence[date], *, ring: KeyRing, table: Table
) -> DataKeys:
    kept = select(table.c.purge_month, table.c.version, table.c.wrapped)
    rows = db.execute(kept.where(table.c.purge_month.in_(months)))
    return _held((tuple(row) for row in rows), ring=ring, table=table)


def _held(
    rows: Iterable[tuple[date, int, bytes]], *, ring: KeyRing, table: Table
) -> DataKeys:
    found: dict[date, dict[int, AESGCM]] = {}
    for month, version, blob in rows:
        named = label(table.c.wrapped, month, version)
        key = AESGCM(_key(ring, bytes(blob), named, month))
        found.setdefault(month, {})[version] = key
    return {month: MonthKeys(versions) for month, versions in found.items()}


def _key(ring: KeyRing, blob: bytes, named: bytes, month: date) -> bytes:
    try:
        return unwrapped(ring, blob, label=named)
    except UnknownKek:
        raise
    except Unsealable as error:
        raise Unsealable(f"the data key of {month:%Y-%m} is of another key") from error


def _number(month: date) -> int:
    return month.year * 100 + month.month

"""Rows of a month as lines of JSON, for its archive; profiles opened."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, Select, Table, Text, cast, func, select

from movements.errors import Unsealable
from movements.identity import opening_keys, unseal
from movements.keys import Keys
from movements.retention import following
from movements.tables import PROFILE


def lines(
    db: Connection, table: Table, month: date, bucket: int, *, keys: Keys
) -> Iterator[bytes]:
    """Yield the rows of a table, month and bucket.

    A profile holds ``record``, what is personal as it was sent; ``null`` where it does
    not open any more.
    """
    if table is PROFILE:
        yield from _profiles(db, month, bucket, keys)
        return
    row = table.alias("kept")
    whole = select(cast(func.to_jsonb(row.table_valued()), Text))
    days = row.c.travel_date
    of = whole.where(row.c.bucket == bucket, days >= month, days < following(month))
    for line in db.execute(of).scalars():
        yield line.encode()


def _profiles(db: Connection, month: date, bucket: int, keys: Keys) -> Iterator[bytes]:
    with_keys = opening_keys(db, [month], keys=keys)
    for row in db.execute(_sealed(month, bucket)).mappings():
        told: dict[str, Any] = {
            str(name): value for name, value in row.items() if name != "sealed"
        }
        place = (row["bucket"], row["person_id"].bytes, month)
        try:
            record = orjson.loads(unseal(bytes(row["sealed"]), place, keys=with_keys))
        except Unsealable:
            record = None
        yield orjson.dumps(told | {"record": record})


def _sealed(month: date, bucket: int) -> Select[Any]:
    # The blind index of a mobile is of no use without the service's key: left out.
    kept = [each for each in PROFILE.c if each.name != "mobile_index"]
    return select(*kept).where(
        PROFILE.c.purge_month == month, PROFILE.c.bucket == bucket
    )

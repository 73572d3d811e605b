"""A month's records sealed anew with another data key, while they are read and written.

First a new version of the key is made, alone: uploads under way were waited for, later
ones seal with it. Then what is under older versions is sealed anew, a few rows in each
transaction; rows that somebody holds are left for a later round, so nobody waits for
long and nothing can lock in a circle. At last the older versions are destroyed. Broken
off at any moment, it goes on where it was: rows say what they are sealed with.
"""

import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    LargeBinary,
    Row,
    SmallInteger,
    Uuid,
    delete,
    literal,
    select,
    tuple_,
    update,
)

from movements.data_keys import for_reading, renewed
from movements.sealed_tables import EVERY, Kept, has_older, older, versions_of
from movements.sealing import MonthKeys
from movements.wrapping import KeyRing
from routes.arrays import BYTES, SMALLINT, cells, columns, ids, taught

ROWS_AT_ONCE = 500  # some 20 ms, as long as anybody waits for one of them
_PAUSE_S = 0.1

_ANEW = ("in_bucket", "of_person", "anew")


def renew(engine: Engine, month: date, *, ring: KeyRing) -> bool:
    """Give a month new versions of its keys, unless it has older ones still.

    Returns:
        Whether it has keys at all.
    """
    with engine.begin() as db:
        versions = [versions_of(db, kept.keys, month) for kept in EVERY]
        if not any(len(each) > 1 for each in versions):
            for kept in EVERY:
                renewed(db, month, ring=ring, table=kept.keys)
    return any(versions)


def reseal(
    engine: Engine, month: date, *, ring: KeyRing, progress: Callable[[int], None]
) -> None:
    """Seal with the newest version all that is under older ones.

    Args:
        engine: of the owner plane.
        month: a purge month that ``renew`` was asked for.
        ring: the key-encryption keys.
        progress: told how many records each transaction did.
    """
    for kept in EVERY:
        after: Sequence[Any] | None = None
        while True:
            with engine.begin() as db:
                last, count = _some(db, kept, month, ring=ring, after=after)
            if count:
                progress(count)
            if last is None and after is None:
                with engine.connect() as db:
                    if not has_older(db, kept, month):
                        break
                time.sleep(_PAUSE_S)  # somebody holds the rows that are left
            after = last


def forget_older(engine: Engine, month: date) -> int:
    """Destroy older versions of a month's keys; return how many there were.

    Nothing is destroyed that a record needs.
    """
    gone = 0
    with engine.begin() as db:
        for kept in EVERY:
            versions = versions_of(db, kept.keys, month)
            if len(versions) > 1 and not has_older(db, kept, month):
                of = kept.keys.c
                old = delete(kept.keys).where(
                    of.purge_month == month, of.version < max(versions)
                )
                gone += db.execute(old).rowcount
    return gone


def _some(
    db: Connection,
    kept: Kept,
    month: date,
    *,
    ring: KeyRing,
    after: Sequence[Any] | None,
) -> tuple[Sequence[Any] | None, int]:
    """Seal some records anew; return the last one's key, None at the end."""
    of = kept.table.c
    held = for_reading(db, [month], ring=ring, table=kept.keys).get(month)
    if held is None:
        return None, 0
    names = ("bucket", "person_id", "purge_month", "sealed", *kept.beside)
    asked = select(*(of[name] for name in names)).where(
        of.purge_month == month, older(kept, list(held.by_version))
    )
    if after is not None:
        asked = asked.where(tuple_(of.bucket, of.person_id) > tuple_(*after))
    rows = db.execute(
        asked.order_by(of.bucket, of.person_id)
        .limit(ROWS_AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True)
    ).all()
    if not rows:
        return None, 0
    _written(db, kept, rows, held)
    last = rows[-1]
    return (literal(last.bucket, SmallInteger), literal(last.person_id, Uuid)), len(
        rows
    )


def _written(
    db: Connection, kept: Kept, rows: Sequence[Row[Any]], held: MonthKeys
) -> None:
    anew = []
    for row in rows:
        place = kept.bound(row)
        anew.append(held.sealed(held.opened(bytes(row.sealed), place), place))
    of = kept.table.c
    kinds = (SmallInteger, Uuid, LargeBinary)
    new = columns(dict(zip(_ANEW, kinds, strict=True)))
    changed = (
        update(kept.table)
        .where(
            of.bucket == new.c.in_bucket,
            of.person_id == new.c.of_person,
            of.purge_month == rows[0].purge_month,
        )
        .values(sealed=new.c.anew)
    )
    buckets = [row.bucket.to_bytes(2, "big") for row in rows]
    people = [row.person_id.bytes for row in rows]
    values = (cells(buckets, SMALLINT), ids(people), cells(anew, BYTES))
    taught(db).execute(changed, dict(zip(_ANEW, values, strict=True)))

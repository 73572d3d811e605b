"""Who people are: their sealed profiles, fetched with their keys and opened.

The only module beside the batch that opens profiles; it opens those it is asked for,
within the walls of the connection that asks.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    ARRAY,
    Connection,
    Date,
    LargeBinary,
    Row,
    Select,
    SmallInteger,
    Uuid,
    and_,
    bindparam,
    column,
    func,
    select,
)

from movements import data_keys
from movements.events import bucket
from movements.identity import blind_index, unseal
from movements.journal_months import Months, span
from movements.keys import Keys
from movements.tables import DATA_KEY, PROFILE

Key = tuple[UUID, date]  # person, purge month
Profile = Mapping[str, Any]
Sealed = Mapping[Key, Row[Any]]

_OF = PROFILE.c
_KEY = {"bucket": SmallInteger, "person_id": Uuid, "purge_month": Date}


# Both are built once: that took longer than the database does to answer them.
_SEALED = select(
    *(_OF[name] for name in _KEY),
    _OF.sealed,
    *data_keys.beside(_OF.purge_month, table=DATA_KEY),
).where(
    # In its words, so that a plan that is kept is for these months alone.
    _OF.purge_month >= bindparam("first", type_=Date, literal_execute=True),
    _OF.purge_month < bindparam("end", type_=Date, literal_execute=True),
)
_BY_MOBILE = _SEALED.where(_OF.mobile_index == bindparam("index", type_=LargeBinary))


def _by_key() -> Select[Any]:
    wanted = (
        func.unnest(*(bindparam(f"{n}s", type_=ARRAY(k)) for n, k in _KEY.items()))
        .table_valued(*(column(name, kind) for name, kind in _KEY.items()))
        .render_derived(name="wanted")
    )
    same = and_(*(wanted.c[name] == _OF[name] for name in _KEY))
    return _SEALED.join_from(wanted, PROFILE, same)


_BY_KEY = _by_key()


def profiles(db: Connection, of: Iterable[Key], *, keys: Keys) -> dict[Key, Profile]:
    """Return the profiles of people in months of travel, of those that can be seen.

    Args:
        db: a connection within the reader's walls.
        of: persons with the first day of a month, at least one.
        keys: the keys of the vault.

    Raises:
        Unsealable: a record does not open.
    """
    asked = sorted(set(of))
    months = sorted({month for _, month in asked})
    given = {
        "buckets": [bucket(person) for person, _ in asked],
        "person_ids": [person for person, _ in asked],
        "purge_months": [month for _, month in asked],
    }
    return opened(db, db.execute(_BY_KEY, _spanned(months) | given).all(), keys=keys)


def index(mobile: str, *, keys: Keys) -> bytes:
    """Return what a mobile (E.164) is found by."""
    return blind_index(mobile, keys=keys)


def by_mobile(db: Connection, mobile: str, *, months: Months, keys: Keys) -> Sealed:
    """Return the people whose profile of a month holds a mobile; ``opened`` opens it.

    Args:
        db: a connection within the reader's walls.
        mobile: E.164.
        months: as ``journal_months.filled`` gives them.
        keys: the keys of the vault.
    """
    if not months:
        return {}
    given = _spanned(months) | {"index": index(mobile, keys=keys)}
    found: dict[Key, Any] = {
        (row.person_id, row.purge_month): row for row in db.execute(_BY_MOBILE, given)
    }
    return found


def opened(
    db: Connection, rows: Iterable[Row[Any]], *, keys: Keys
) -> dict[Key, Profile]:
    """Return the profiles that sealed rows hold.

    Raises:
        Unsealable: a record does not open.
    """
    sealed = list(rows)
    held = data_keys.opened(db, sealed, ring=keys.ring, table=DATA_KEY)
    return {
        (row.person_id, row.purge_month): orjson.loads(
            unseal(
                bytes(row.sealed),
                (row.bucket, row.person_id.bytes, row.purge_month),
                keys=held,
            )
        )
        for row in sealed
    }


def _spanned(months: Months) -> dict[str, Any]:
    first, end = span(months)
    return {"first": first, "end": end}

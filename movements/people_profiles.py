"""Who people are: their sealed profiles, fetched by key and opened.

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
    ColumnClause,
    Connection,
    Date,
    SmallInteger,
    Uuid,
    and_,
    column,
    func,
    literal,
    select,
)

from movements.events import bucket
from movements.identity import blind_index, opening_keys, unseal
from movements.journal_months import Months, within
from movements.keys import Keys
from movements.tables import PROFILE

Key = tuple[UUID, date]  # person, purge month
Profile = Mapping[str, Any]

_KEY = ("bucket", "person_id", "purge_month")


def profiles(db: Connection, of: Iterable[Key], *, keys: Keys) -> dict[Key, Profile]:
    """Return the profiles of people in months of travel, of those that can be seen.

    Args:
        db: a connection within the reader's walls.
        of: persons with the first day of a month.
        keys: the keys of the vault.

    Raises:
        Unsealable: a record does not open.
    """
    asked = sorted(set(of))
    columns = (
        literal([bucket(person) for person, _ in asked], ARRAY(SmallInteger)),
        literal([person for person, _ in asked], ARRAY(Uuid)),
        literal([month for _, month in asked], ARRAY(Date)),
    )
    kinds = (SmallInteger, Uuid, Date)
    named: list[ColumnClause[Any]] = [
        column(name, kind) for name, kind in zip(_KEY, kinds, strict=True)
    ]
    wanted = func.unnest(*columns).table_valued(*named).render_derived(name="wanted")
    stored = PROFILE.c
    question = select(*(stored[name] for name in _KEY), stored.sealed).join_from(
        wanted, PROFILE, and_(*(wanted.c[name] == stored[name] for name in _KEY))
    )
    months = sorted({month for _, month in asked})
    rows = db.execute(question.where(*within(stored.purge_month, months))).all()
    opened = opening_keys(db, {row.purge_month for row in rows}, keys=keys)
    return {
        (row.person_id, row.purge_month): orjson.loads(
            unseal(
                bytes(row.sealed),
                (row.bucket, row.person_id.bytes, row.purge_month),
                keys=opened,
            )
        )
        for row in rows
    }


def by_mobile(db: Connection, mobile: str, *, months: Months, keys: Keys) -> set[Key]:
    """Return the people whose profile of a month holds a mobile.

    Args:
        db: a connection within the reader's walls.
        mobile: E.164.
        months: as ``journal_months.filled`` gives them.
        keys: the keys of the vault.
    """
    index = blind_index(mobile, keys=keys)
    found = select(PROFILE.c.person_id, PROFILE.c.purge_month).where(
        PROFILE.c.mobile_index == index, *within(PROFILE.c.purge_month, months)
    )
    return {(row.person_id, row.purge_month) for row in db.execute(found)}

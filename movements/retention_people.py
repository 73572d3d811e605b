"""Who goes with a month, who stays for another journey, and what is told of the gone.

All that stays of a person is a keyed hash of the unique ID: whoever asks by the ID is
told that the person's data was erased, and nobody can make a list of it.
"""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Date,
    LargeBinary,
    RowMapping,
    Select,
    SmallInteger,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from movements.alone import patiently
from movements.errors import Unsealable
from movements.identity import data_keys, opening_keys, seal, unseal
from movements.keys import Keys
from movements.retention import INDIA, Run, following, of_month
from movements.retention_tables import ERASED, PURGE_PERSON
from movements.tables import MOVEMENT, PERSON, PROFILE, SOURCE_REF
from movements.unique_id import id_text
from routes.arrays import BYTES, cells, columns, taught

HASH_BYTES = 16
_PAGE = 20_000  # people at a time
_GIVEN = columns({"hash": LargeBinary})
_KEY = ("bucket", "person_id")


def carried(db: Connection, month: date, *, keys: Keys) -> int:
    """Seal profiles anew whose people travel in another month too; return how many.

    Into the month of the last of those journeys, where there is none of them yet.

    Args:
        db: a connection on the owner plane that holds the month.
        month: that is about to go.
        keys: of the vault.
    """
    staying = db.execute(_staying(month)).mappings().all()
    if not staying:
        return 0
    old = opening_keys(db, [month], keys=keys)
    new = data_keys(db, {row["to_month"] for row in staying}, keys=keys)
    done = 0
    for row in staying:
        person, to_month = row["person_id"], row["to_month"]
        here = (row["bucket"], person.bytes, month)
        try:
            record = unseal(bytes(row["sealed"]), here, keys=old)
        except Unsealable:
            continue  # it is lost wherever it lies; the archive says so
        there = (row["bucket"], person.bytes, to_month)
        (sealed,) = seal([record], [there], keys=new)
        moved = _profile(row, month).values(purge_month=to_month, sealed=sealed)
        done += db.execute(moved).rowcount
    return done


def marked(db: Connection, run: Run) -> int:
    """Write down who goes with a month; return how many.

    Everybody who travels in it and in no other, and who came before its end and travels
    nowhere any more.
    """
    people = union(*_here(run.month), _nowhere(run.month)).subquery()
    gone = select(
        people.c.bucket, people.c.person_id, literal(run.month), literal(run.number)
    ).where(~_elsewhere(people, run.month))
    names = [*_KEY, "month", "run"]
    written = insert(PURGE_PERSON).from_select(names, gone).on_conflict_do_nothing()
    counted = written.execution_options(preserve_rowcount=True)
    return db.execute(counted).rowcount


def returned(db: Connection, run: Run) -> int:
    """Take whoever was sent again since off the list of those who go; return how many.

    Nobody comes back between this and the commit.

    Raises:
        NeverAlone: uploads hold their row ids for minutes on end.
    """
    asked = func.nmis.keep_returned(
        cast(run.month, Date), cast(run.number, SmallInteger)
    )
    count: int = patiently(db, select(asked), of="row ids of who is to be forgotten")
    return count


def told(
    db: Connection, month: date | None, number: int | None, *, key: bytes, gone: date
) -> str:
    """Write down, as keyed hashes, that those of a run are gone; return the digest.

    The digest is SHA-256 over the sorted hashes.
    """
    of = PURGE_PERSON.c
    run = (of.month.is_not_distinct_from(month), of.run.is_not_distinct_from(number))
    people = db.execute(select(of.person_id).where(*run)).scalars()
    hashes = sorted(hashed(person, key=key) for person in people)
    rows = select(_GIVEN.c.hash, literal(gone, Date))
    known = insert(ERASED).from_select(["hash", "gone"], rows).on_conflict_do_nothing()
    for at in range(0, len(hashes), _PAGE):
        values = {"hash": cells(hashes[at : at + _PAGE], BYTES)}
        taught(db).execute(known, values)
    return hashlib.sha256(b"".join(hashes)).hexdigest()


def erased(db: Connection, person: UUID, *, key: bytes) -> date | None:
    """Return the day on which a person's data was erased; ``None`` where it was not.

    Also ``None`` of an ID that was never given.

    Args:
        db: a connection on the officer, upload or owner plane.
        person: a unique ID.
        key: makes the hashes of those who are gone.
    """
    known = select(ERASED.c.gone).where(ERASED.c.hash == hashed(person, key=key))
    return db.execute(known).scalar_one_or_none()


def hashed(person: UUID, *, key: bytes) -> bytes:
    """Return the keyed hash of a unique ID."""
    return hmac.digest(key, id_text(person).encode(), "sha256")[:HASH_BYTES]


def _staying(month: date) -> Select[Any]:
    other, there = MOVEMENT.alias("other"), PROFILE.alias("there")
    last = cast(func.date_trunc("month", func.max(other.c.travel_date)), Date)
    staying = (
        select(*(PROFILE.c[name] for name in (*_KEY, "sealed")), last.label("to_month"))
        .join(other, _same(other, PROFILE))
        .where(PROFILE.c.purge_month == month, _outside(other, month))
        .group_by(*(PROFILE.c[name] for name in (*_KEY, "sealed")))
        .subquery()
    )
    known = exists().where(
        _same(there, staying), there.c.purge_month == staying.c.to_month
    )
    return select(staying).where(~known)


def _profile(row: RowMapping, month: date) -> Any:  # noqa: ANN401 - an update
    return update(PROFILE).where(
        PROFILE.c.bucket == row["bucket"],
        PROFILE.c.person_id == row["person_id"],
        PROFILE.c.purge_month == month,
    )


def _here(month: date) -> Iterator[Select[Any]]:
    days = SOURCE_REF.c.travel_date
    for table, where in (
        (MOVEMENT, tuple(of_month(month))),
        (PROFILE, (PROFILE.c.purge_month == month,)),
        (SOURCE_REF, (days >= month, days < following(month))),
    ):
        yield select(*(table.c[name] for name in _KEY)).where(*where)


def _nowhere(month: date) -> Select[Any]:
    end = datetime.combine(following(month), datetime.min.time(), ZoneInfo(INDIA))
    return select(*(PERSON.c[name] for name in _KEY)).where(
        PERSON.c.created_at < end,
        ~exists().where(_same(MOVEMENT, PERSON)),
        ~exists().where(_same(PROFILE, PERSON)),
    )


def _elsewhere(people: Any, month: date) -> Any:  # noqa: ANN401 - a subquery
    other = MOVEMENT.alias("other")
    return exists().where(_same(other, people), _outside(other, month))


def _outside(table: Any, month: date) -> Any:  # noqa: ANN401 - a table's alias
    days = table.c.travel_date
    return or_(days < month, days >= following(month))


def _same(one: Any, other: Any) -> Any:  # noqa: ANN401 - tables, aliases, subqueries
    return (one.c.bucket == other.c.bucket) & (one.c.person_id == other.c.person_id)

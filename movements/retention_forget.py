"""People forgotten: a month moved to its archive, its people removed, one who asked."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    SmallInteger,
    Table,
    cast,
    delete,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from movements import archive
from movements.aadhaar_tables import AADHAAR_KEY, NUMBER
from movements.data_keys import left_alone
from movements.erased_refs import remembered
from movements.events import bucket
from movements.keys import Keys
from movements.retention import Run
from movements.retention_people import carried, marked, returned, told
from movements.retention_refs import month_ended, month_held, person_held
from movements.retention_tables import (
    ARCHIVE,
    ARCHIVE_PART,
    PURGE_PERSON,
    PURGE_RUN,
    SCRUB,
)
from movements.tables import (
    DATA_KEY,
    MOVEMENT,
    MOVEMENT_EVENT,
    PERSON,
    PROFILE,
    SOURCE_REF,
)

# Who waits for a month's tables makes others wait; then it is tried again.
LOCK_WAIT = "5s"

Counts = Mapping[str, object]


def archived(db: Connection, run: Run, *, keys: Keys) -> Counts:
    """Move a month's people out of view: into the archive, and the rest destroyed.

    Journeys, events and profiles are sealed into the archive and their partitions
    dropped; Aadhaar numbers are not kept. The month's data keys are destroyed, and the
    states' row ids of its days: whoever sends such a row again sends somebody new.
    Uploads into the month, uploads of those row ids and events of the month wait until
    the commit; readers do, at its end, for as long as a table takes to drop.

    Args:
        db: a connection on the owner plane, in a transaction.
        run: the month.
        keys: of the vault.
    """
    month = run.month
    month_held(db, month)
    left_alone(db, month)
    db.execute(select(func.set_config("lock_timeout", LOCK_WAIT, True)))  # noqa: FBT003 - positional in SQL
    db.execute(select(func.nmis.hold_month(cast(month, Date))))
    counts: dict[str, object] = {"carried": carried(db, month, keys=keys)}
    counts["people"] = marked(db, run)
    counts[SOURCE_REF.fullname] = month_ended(db, month)
    counts |= archive.sealed(db, run, keys=keys)
    gone = db.execute(delete(NUMBER).where(NUMBER.c.purge_month == month))
    counts[NUMBER.fullname] = gone.rowcount
    counts["data_keys"] = [
        name
        for table in (DATA_KEY, AADHAAR_KEY)
        for name in _keys_gone(db, table, month)
    ]
    db.execute(select(func.nmis.renew_month(cast(month, Date))))
    emptied = (DATA_KEY, AADHAAR_KEY, NUMBER, SOURCE_REF)
    scrubbed_later(db, *(table.fullname for table in emptied))
    _stamped(db, run, "archived_at")
    return counts


def forgotten(db: Connection, run: Run, *, key: bytes, gone: date) -> Counts:
    """Remove a month's people from every table beside; keyed hashes stay.

    Whoever was sent again since the month was archived stays, whole.

    Args:
        db: a connection on the owner plane, in a transaction.
        run: the month.
        key: makes the hashes of those who are gone.
        gone: the day, as it is told.
    """
    stayed = {"sent_again": returned(db, run)}
    digest = told(db, run.month, run.number, key=key, gone=gone)
    return {"digest": digest, **stayed, **_removed(db, run.month, run.number)}


def destroyed(db: Connection, run: Run) -> Counts:
    """Destroy a month's archive and its key, of which nothing is kept then."""
    named = archive.destroyed(db, run)
    scrubbed_later(db, ARCHIVE.fullname, ARCHIVE_PART.fullname)
    _stamped(db, run, "destroyed_at")
    return {"archive_key": named}


def erase_person(
    db: Connection, person: UUID, *, key: bytes, keys: Keys, gone: date
) -> Counts:
    """Erase one person: profile, journeys, what happened to them; counts of flows stay.

    What is sealed in an archive stays until the archive ends, as the law asks. Until
    then rows that a state sends of the person are refused.

    Args:
        db: a connection on the owner plane, in a transaction; write the audit entry by
            the same one.
        person: a unique ID.
        key: makes the hashes of those who are gone.
        keys: of the vault; one makes the hashes of the person's row ids.
        gone: the day, as it is told.

    Returns:
        How many rows went of which table; empty where there is no such person.
    """
    of = {"bucket": bucket(person), "person_id": person}
    if not db.execute(select(_given(person))).scalar_one():
        return {}
    person_held(db, person)
    remembered(db, person, keys=keys, gone=gone)
    counts: dict[str, object] = {}
    for table in (MOVEMENT_EVENT, MOVEMENT, PROFILE):
        months = _erased_of(db, table, person)
        if months:
            counts[table.fullname] = len(months)
            scrubbed_later(db, *{f"{table.fullname}_{month:%Y%m}" for month in months})
    db.execute(upsert(PURGE_PERSON).values(of).on_conflict_do_nothing())
    digest = told(db, None, None, key=key, gone=gone)
    counts |= _removed(db, None, None)
    return {"digest": digest, **counts}


def scrubbed_later(db: Connection, *relations: str) -> None:
    """Mark tables that hold dead rows of people, to be written anew."""
    rows = [{"relation": each} for each in relations]
    db.execute(upsert(SCRUB).values(rows).on_conflict_do_nothing())


def _removed(db: Connection, month: date | None, number: int | None) -> Counts:
    gone = func.nmis.forget_people(cast(month, Date), cast(number, SmallInteger))
    removed: dict[str, object] = db.execute(select(gone)).scalar_one()
    return removed


def _given(person: UUID) -> ColumnElement[bool]:
    return exists().where(
        PERSON.c.bucket == bucket(person), PERSON.c.person_id == person
    )


def _erased_of(db: Connection, table: Table, person: UUID) -> list[date]:
    day = table.c.purge_month if table is PROFILE else table.c.travel_date
    gone = delete(table).where(
        table.c.bucket == bucket(person), table.c.person_id == person
    )
    return list(db.execute(gone.returning(day)).scalars())


def _keys_gone(db: Connection, table: Table, month: date) -> list[str]:
    gone = delete(table).where(table.c.purge_month == month)
    versions = db.execute(gone.returning(table.c.version)).scalars()
    return [f"{table.fullname} {month:%Y-%m} {each}" for each in sorted(versions)]


def _stamped(db: Connection, run: Run, name: str) -> None:
    of = (PURGE_RUN.c.month == run.month, PURGE_RUN.c.run == run.number)
    db.execute(update(PURGE_RUN).where(*of).values({name: func.now()}))

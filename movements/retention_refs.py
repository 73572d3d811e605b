"""States' own row ids while people go: locked before journeys, gone with their month.

Uploads lock row ids first, then journeys. Who erases locks them first too: so no row
of whoever goes is taken meanwhile, and none is said to be known whose journey is gone.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, delete, func, select

from movements.alone import patiently
from movements.events import bucket
from movements.retention import following
from movements.tables import SOURCE_REF

_WORDS = "row ids of the month"


def month_held(db: Connection, month: date) -> None:
    """Lock the row ids of a month; uploads that name one wait for the commit.

    Args:
        db: a connection on the owner plane, in a transaction that holds nothing yet.
        month: its first day.

    Raises:
        NeverAlone: uploads hold some of them for minutes on end.
    """
    _held(db, *_of_month(month))


def month_ended(db: Connection, month: date) -> int:
    """Remove the row ids of a month whose journeys are gone; return how many.

    A row that is sent again is new from then on.
    """
    gone = delete(SOURCE_REF).where(*_of_month(month))
    return db.execute(gone.execution_options(preserve_rowcount=True)).rowcount


def person_held(db: Connection, person: UUID) -> None:
    """Lock the row ids of one person, as ``month_held`` those of a month."""
    _held(db, *of_person(person))


def of_person(person: UUID) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the row ids of one person."""
    of = SOURCE_REF.c
    return of.bucket == bucket(person), of.person_id == person


def _of_month(month: date) -> tuple[ColumnElement[bool], ...]:
    days = SOURCE_REF.c.travel_date
    return days >= month, days < following(month)


def _held(db: Connection, *which: ColumnElement[bool]) -> None:
    # In the order in which uploads lock them.
    rows = (
        select(SOURCE_REF.c.source_ref)
        .where(*which)
        .order_by(SOURCE_REF.c.tenant, SOURCE_REF.c.source_ref)
        .with_for_update()
        .subquery()
    )
    patiently(db, select(func.count()).select_from(rows), of=_WORDS)

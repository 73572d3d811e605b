"""When a month's people leave view, and when what is kept of them ends.

Two clocks run from the same day: the day after the month, or the day on which the last
rows of it were sent, if that is later (nobody is taken out of view before they could be
worked with), and never later than the day after the sunset. In view until the first has
run out; sealed in an archive until the second has; then the archive's key is destroyed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Row,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import insert

from movements.retention_tables import PURGE, PURGE_RUN
from movements.tables import BATCH, MOVEMENT, PROFILE

INDIA = "Asia/Kolkata"  # days are civil days there


@dataclass(frozen=True, slots=True)
class Clocks:
    """How long people are kept.

    Attributes:
        view_days: days in view after the end of a month.
        keep_days: days after the end of a month until nothing is kept.
        sunset: the last day of uploads, where there is one.
    """

    view_days: int
    keep_days: int
    sunset: date | None = None

    def ends(self, month: date, last_sent: date | None) -> tuple[date, date]:
        """Return the first day out of view, and the first on which nothing is kept.

        Args:
            month: its first day.
            last_sent: the day (in India) on which its last rows were sent.
        """
        begins = max(following(month), last_sent or date.min)
        if self.sunset is not None:
            begins = min(begins, self.sunset + timedelta(days=1))
        view = timedelta(days=self.view_days)
        return begins + view, begins + max(view, timedelta(days=self.keep_days))


@dataclass(frozen=True, slots=True)
class Run:
    """A month whose people go; ``number`` counts the times that a month had any."""

    month: date
    number: int
    view_ends: date
    floor_ends: date
    archived: bool = False
    destroyed: bool = False

    @property
    def name(self) -> str:
        """The month, and which time where it is not the first."""
        again = f" ({self.number})" if self.number > 1 else ""
        return f"{self.month:%Y-%m}{again}"

    def is_due(self, today: date) -> bool:
        """Return whether there is anything to do on a day."""
        ends = self.floor_ends if self.archived else self.view_ends
        return not self.destroyed and today >= ends


def following(month: date) -> date:
    """Return the first day of the next month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def planned(db: Connection, clocks: Clocks) -> list[Run]:
    """Bring the plan to what the clocks and the months' people ask for; return it.

    What has begun is not planned anew: it goes on as it was.

    Args:
        db: a connection on the owner plane, in a transaction.
        clocks: of the installation.
    """
    db.execute(delete(PURGE_RUN).where(PURGE_RUN.c.archived_at.is_(None), ~_begun()))
    busy = {run.month for run in runs(db) if not run.archived}
    for month in db.execute(select(func.nmis.written_months())).scalars().all():
        if month in busy or not _has_people(db, month):
            continue
        view_ends, floor_ends = clocks.ends(month, _last_sent(db, month))
        number = select(func.coalesce(func.max(PURGE_RUN.c.run), 0) + 1).where(
            PURGE_RUN.c.month == month
        )
        db.execute(
            insert(PURGE_RUN).values(
                month=month,
                run=number.scalar_subquery(),
                view_ends=view_ends,
                floor_ends=floor_ends,
            )
        )
    return runs(db)


def runs(db: Connection) -> list[Run]:
    """Return every run there is or was, by month."""
    rows = db.execute(select(PURGE_RUN).order_by(PURGE_RUN.c.month, PURGE_RUN.c.run))
    return [_run(row) for row in rows]


def _run(row: Row[tuple[object, ...]]) -> Run:
    return Run(
        month=row.month,
        number=row.run,
        view_ends=row.view_ends,
        floor_ends=row.floor_ends,
        archived=row.archived_at is not None,
        destroyed=row.destroyed_at is not None,
    )


def _begun() -> ColumnElement[bool]:
    return exists().where(
        PURGE.c.month == PURGE_RUN.c.month, PURGE.c.run == PURGE_RUN.c.run
    )


def of_month(month: date) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions for a movement of a month, as values: one partition."""
    yield MOVEMENT.c.travel_date >= month
    yield MOVEMENT.c.travel_date < following(month)


def _has_people(db: Connection, month: date) -> bool:
    journeys = exists().where(*of_month(month))
    profiles = exists().where(PROFILE.c.purge_month == month)
    return bool(db.execute(select(or_(journeys, profiles))).scalar_one())


def _last_sent(db: Connection, month: date) -> date | None:
    batches = (
        select(MOVEMENT.c.tenant, MOVEMENT.c.batch_id)
        .where(*of_month(month))
        .distinct()
    )
    last = select(cast(func.timezone(INDIA, func.max(BATCH.c.created_at)), Date))
    found: date | None = db.execute(
        last.where(tuple_(BATCH.c.tenant, BATCH.c.batch_id).in_(batches))
    ).scalar_one()
    return found

"""Which releases were published, and the weeks that each of them tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection, select

from layers.errors import UnknownRelease
from movements.release.tables import RELEASE, RELEASE_WEEK

_EVERY = (
    select(RELEASE.c.release, RELEASE.c.published_at, RELEASE_WEEK.c.week)
    .join_from(RELEASE, RELEASE_WEEK, isouter=True)
    .where(RELEASE.c.published_at.is_not(None))
    .order_by(RELEASE.c.release.desc(), RELEASE_WEEK.c.week)
)


@dataclass(frozen=True, slots=True)
class Published:
    """A published release.

    Attributes:
        number: of the release.
        at: when it was published.
        weeks: the Mondays of its weeks, rising.
    """

    number: int
    at: datetime
    weeks: tuple[date, ...]


def releases(db: Connection) -> list[Published]:
    """Return every published release, the newest first.

    Args:
        db: a connection that may read releases.
    """
    rows = db.execute(_EVERY)
    return [
        Published(number, at, tuple(row.week for row in weeks if row.week))
        for (number, at), weeks in groupby(rows, attrgetter("release", "published_at"))
    ]


def release(found: Sequence[Published], number: int) -> Published:
    """Return one of them by its number.

    Raises:
        UnknownRelease: there is none; says which there are.
    """
    for each in found:
        if each.number == number:
            return each
    raise UnknownRelease(number, tuple(each.number for each in reversed(found)))

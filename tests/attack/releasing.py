"""Journeys of a week, and the newest release's atoms, for tests of the key."""

from datetime import date, timedelta

import numpy as np
from sqlalchemy import delete, func, select

from gis_service.db import Database
from movements.flow import FLOW_DAY
from movements.release.draw import ReleaseKey
from movements.release.tables import (
    CATEGORY_RELEASE,
    FLOW_RELEASE,
    RELEASE,
    RELEASE_AGAIN,
    RELEASE_WEEK,
)
from tests.flow_rows import MUMBAI, PUNE, add, flow

KEY = ReleaseKey("test", b"k" * 32)
MONDAY = date(2020, 5, 4)
SOON = MONDAY + timedelta(days=10)
ENDS = (MUMBAI, PUNE, 187, 206, 555)


def journeys(database: Database) -> None:
    """Add some on each day of the week."""
    rng = np.random.default_rng(8)
    rows = {}
    for _ in range(120):
        ends = tuple(int(each) for each in rng.choice(ENDS, 2))
        day = MONDAY + timedelta(days=int(rng.integers(7)))
        rows[ends, day] = flow(*ends, int(rng.integers(1, 60)), day=day)
    with database.owner.begin() as db:
        add(db, rows.values())


def released(database: Database) -> list[tuple]:
    """Return the newest release's atoms."""
    newest = select(func.max(RELEASE.c.release)).scalar_subquery()
    atom = FLOW_RELEASE.c
    chosen = (
        select(atom.object_id, atom.n)
        .join(
            RELEASE_WEEK,
            (RELEASE_WEEK.c.week == atom.week)
            & (RELEASE_WEEK.c.edition == atom.edition),
        )
        .where(RELEASE_WEEK.c.release == newest)
        .order_by(atom.object_id)
    )
    with database.owner.connect() as db:
        return [tuple(row) for row in db.execute(chosen)]


def emptied(database: Database) -> None:
    """Remove all of it."""
    with database.owner.begin() as db:
        for table in (
            *(RELEASE_WEEK, RELEASE, RELEASE_AGAIN, FLOW_RELEASE, CATEGORY_RELEASE),
            FLOW_DAY,
        ):
            db.execute(delete(table))

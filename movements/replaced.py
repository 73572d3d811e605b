"""What updated rows stood for before, removed from people's journeys and the vault."""

from collections.abc import Iterable
from datetime import date

import polars as pl
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.schema import CreateTable

from movements.copying import copied
from movements.source_refs import Known
from movements.tables import MOVEMENT, PROFILE
from movements.upload_tables import CHANGE, GONE, OLD


def removed(db: Connection, replaced: Iterable[Known]) -> bool:
    """Remove old journeys and profiles; what they counted goes to ``GONE``.

    Returns:
        Whether there was anything to remove, so that ``GONE`` is there.
    """
    old = pl.DataFrame(
        [
            (
                each.bucket,
                each.person_id.bytes,
                each.movement_id.bytes,
                each.travel_date,
            )
            for each in replaced
        ],
        schema=[column.name for column in OLD.columns],
        orient="row",
    )
    if not old.height:
        return False
    copied(db, OLD, old)
    db.execute(CreateTable(GONE))
    for month in sorted({day.replace(day=1) for day in old["travel_date"]}):
        _removed_of(db, month)
    return True


def _removed_of(db: Connection, month: date) -> None:
    # The month stands as a value, so that one partition is opened and not all.
    later = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    journey = (
        delete(MOVEMENT)
        .where(
            MOVEMENT.c.bucket == OLD.c.bucket,
            MOVEMENT.c.movement_id == OLD.c.movement_id,
            MOVEMENT.c.travel_date == OLD.c.travel_date,
            MOVEMENT.c.travel_date >= month,
            MOVEMENT.c.travel_date < later,
        )
        .returning(*(MOVEMENT.c[of].label(name) for name, of in CHANGE.items()))
        .cte("went")
    )
    db.execute(insert(GONE).from_select(list(CHANGE), select(journey)))
    db.execute(
        delete(PROFILE).where(
            PROFILE.c.bucket == OLD.c.bucket,
            PROFILE.c.person_id == OLD.c.person_id,
            PROFILE.c.purge_month == month,
        )
    )

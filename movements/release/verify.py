"""Look at what is published: is it what was published, and still fit to be?"""

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import Connection, Table, select

from movements.release import rows
from movements.release.check import FEWEST, HI, LO, Release, narrowed
from movements.release.levels import BASE, CATEGORIES, FLOWS, Level
from movements.release.partition import SHOWN, Atoms
from movements.release.tables import (
    CATEGORY_RELEASE,
    FLOW_RELEASE,
    RELEASE,
    RELEASE_WEEK,
)

_KINDS: dict[str, Any] = rows.COUNTS | {
    "week": pl.Date,
    "level": pl.String,
    "object_id": pl.Int64,
}


def faults(db: Connection) -> Iterator[str]:
    """Yield what is wrong with the published weeks, in words; nothing where all holds.

    Numbers alone are looked at; the key is not needed.
    """
    published = (
        select(RELEASE_WEEK.c.week, RELEASE_WEEK.c.edition, RELEASE_WEEK.c.digest)
        .join_from(RELEASE_WEEK, RELEASE)
        .where(RELEASE.c.published_at.is_not(None))
        .distinct()
        .order_by(RELEASE_WEEK.c.week, RELEASE_WEEK.c.edition)
    )
    for week, edition, digest in db.execute(published).all():
        flows = _edition(db, FLOW_RELEASE, week, edition)
        categories = _edition(db, CATEGORY_RELEASE, week, edition)
        name = f"week {week}, edition {edition}"
        if rows.digest(flows, categories) != bytes(digest):
            yield f"{name}: its rows are not those that were published"
        if flows.filter((pl.col(SHOWN) % BASE != 0) | (pl.col(SHOWN) <= 0)).height:
            yield f"{name}: a number is not a multiple of {BASE}"
        for level, exposed in _exposed(flows, categories).items():
            yield f"{name}: {exposed} atoms of {level} keep fewer than {FEWEST} counts"


def _edition(db: Connection, table: Table, week: date, edition: int) -> pl.DataFrame:
    names = [column.name for column in table.c if column.name != "edition"]
    chosen = select(*(table.c[name] for name in names)).where(
        table.c.week == week, table.c.edition == edition
    )
    order = ("object_id",) if "object_id" in names else ("origin_state", "category")
    found = [tuple(row) for row in db.execute(chosen).all()]
    schema = {name: _KINDS[name] for name in names}
    return pl.DataFrame(found, schema=schema, orient="row").sort(order)


def _exposed(flows: pl.DataFrame, categories: pl.DataFrame) -> dict[str, int]:
    made = Release(
        tuple(_atoms(level, flows) for level in FLOWS),
        tuple(_atoms(level, categories) for level in CATEGORIES),
    )
    few = pl.col(HI) - pl.col(LO) + 1 < FEWEST
    found = {name: each.filter(few).height for name, each in narrowed(made).items()}
    return {name: number for name, number in found.items() if number}


def _atoms(level: Level, stored: pl.DataFrame) -> Atoms:
    part = stored.filter(pl.col("level") == level.name)
    return Atoms(level, part.select(*level.by, SHOWN))

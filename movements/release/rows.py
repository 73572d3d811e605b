"""A week's journeys as they are counted, and its atoms as they are stored."""

import hashlib
from datetime import date, timedelta
from typing import Any

import polars as pl
from sqlalchemy import (
    Column,
    Connection,
    Date,
    MetaData,
    Select,
    Table,
    func,
    insert,
    select,
)

from movements.copying import copied
from movements.flow import FLOW_DAY
from movements.release.check import Release
from movements.release.partition import COUNTER, Counters
from movements.release.tables import CATEGORY_RELEASE, FLOW_RELEASE, RELEASE_AGAIN

WEEK = timedelta(days=7)
# An object id is its atom's name, packed: two bits of the level, fifteen of each end's
# code and of the day since then, one of the mode. So an atom has one in every release.
EPOCH = date(2000, 1, 1)
CODE_BITS = 15
MODE_BITS = 1
LEVEL_NUMBERS = {"district": 0, "state_to_district": 1, "state": 2, "country": 3}

COUNTS = {
    "day": pl.Date,
    "mode": pl.String,
    "category": pl.String,
    "origin_state": pl.Int16,
    "origin": pl.Int16,
    "destination_state": pl.Int16,
    "destination": pl.Int16,
    "n": pl.Int64,
}


def monday(day: date) -> date:
    """Return the first day of a day's ISO week."""
    return day - timedelta(days=day.weekday())


def weeks(db: Connection, *, before: date) -> list[date]:
    """Return the Mondays of the weeks with journeys that ended before a day."""
    week = func.date_trunc("week", FLOW_DAY.c.day).cast(Date)
    found = db.execute(select(week).distinct().order_by(week)).scalars()
    return [each for each in found if each + WEEK <= before]


def counts(db: Connection, week: date) -> pl.DataFrame:
    """Return a week's journeys, of every stage but cancelled, where there are any."""
    rows = db.execute(_counted(week)).all()
    found = pl.DataFrame(list(map(tuple, rows)), schema=COUNTS, orient="row")
    return found.select(pl.lit(week).alias("week"), *COUNTS)


def stored(made: Release) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the published atoms of flows and of categories as their tables' rows.

    In the order of their names: nothing of the counts is in it.
    """
    flows = pl.concat(
        [
            each.shown.with_columns(level=pl.lit(each.level.name)).select(
                *_columns(FLOW_RELEASE, each.shown.columns)
            )
            for each in made.flows
        ],
        how="diagonal_relaxed",
    )
    categories = pl.concat(
        [
            each.shown.with_columns(level=pl.lit(each.level.name)).select(
                *_columns(CATEGORY_RELEASE, each.shown.columns)
            )
            for each in made.categories
        ],
        how="diagonal_relaxed",
    )
    return (
        flows.with_columns(_object_id().alias("object_id")).sort("object_id"),
        categories.sort("origin_state", "category"),
    )


def digest(flows: pl.DataFrame, categories: pl.DataFrame) -> bytes:
    """Return the SHA-256 of an edition's rows; equal editions have equal ones."""
    found = hashlib.sha256()
    for frame in (flows, categories):
        found.update(frame.select(sorted(frame.columns)).write_csv().encode())
    return found.digest()


def write(
    db: Connection, flows: pl.DataFrame, categories: pl.DataFrame, *, edition: int
) -> None:
    """Store an edition of a week."""
    for table, frame in ((FLOW_RELEASE, flows), (CATEGORY_RELEASE, categories)):
        _copied(db, table, frame.with_columns(edition=pl.lit(edition)))


def again(db: Connection, week: date) -> Counters:
    """Return which atoms of a week were drawn again before they were published."""
    names = [column.name for column in RELEASE_AGAIN.c]
    found = db.execute(select(RELEASE_AGAIN).where(RELEASE_AGAIN.c.week == week)).all()
    schema = {"week": pl.Date, "level": pl.String, COUNTER: pl.Int64} | {
        name: kind for name, kind in COUNTS.items() if name != "n"
    }
    rows = pl.DataFrame(
        list(map(tuple, found)), schema={name: schema[name] for name in names}
    )
    return {str(name): part for (name,), part in rows.group_by("level")}


def write_again(db: Connection, made: Release) -> None:
    """Store which atoms were drawn again."""
    for each in (*made.flows, *made.categories):
        rows = each.rows.filter(pl.col(COUNTER) > 0)
        if rows.height:
            frame = rows.with_columns(level=pl.lit(each.level.name))
            _copied(db, RELEASE_AGAIN, frame)


def _counted(week: date) -> Select[Any]:
    column = FLOW_DAY.c
    names = [column[name] for name in COUNTS if name != "n"]
    total = func.sum(column.n)
    return (
        select(*names, total)
        .where(column.day.between(week, week + WEEK - timedelta(days=1)))
        .where(column.status != "cancelled")
        .group_by(*names)
        .having(total > 0)
    )


def _columns(table: Table, names: list[str]) -> list[str]:
    known = {*names, "level"}
    return [column.name for column in table.c if column.name in known]


def _object_id() -> pl.Expr:
    def code(fine: str, coarse: str) -> pl.Expr:
        return pl.coalesce(pl.col(fine), pl.col(coarse), pl.lit(0)).cast(pl.Int64)

    day = pl.coalesce(pl.col("day"), pl.col("week")) - pl.lit(EPOCH)
    level = pl.col("level").replace_strict(LEVEL_NUMBERS, return_dtype=pl.Int64)
    parts = (
        (code("origin", "origin_state"), CODE_BITS),
        (code("destination", "destination_state"), CODE_BITS),
        (day.dt.total_days(), CODE_BITS),
        ((pl.col("mode") == "bus").fill_null(value=False).cast(pl.Int64), MODE_BITS),
    )
    packed = level
    for value, bits in parts:
        packed = packed * 2**bits + value
    return packed


def _copied(db: Connection, table: Table, frame: pl.DataFrame) -> None:
    names = [column.name for column in table.c if column.name in frame.columns]
    drafts = Table(
        "release_draft",
        MetaData(),
        *(Column(name, table.c[name].type) for name in names),
        prefixes=["TEMPORARY"],
    )
    copied(db, drafts, frame)
    db.execute(insert(table).from_select(names, select(drafts)))
    drafts.drop(db)

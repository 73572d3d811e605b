"""Bar: `/flows/district` for one day, over a million movements."""

from statistics import median

import polars as pl

from gis_service.access import issue
from tests.bench import bar
from tests.bench.bar import Bar
from tests.bench.ground import Ground
from tests.bench.service import Client

# The state that most people went home to.
STATE = 9
MOST_MS = 50.0


def over_http(client: Client, ground: Ground, counted: pl.DataFrame) -> list[float]:
    """Return milliseconds of one day each; every day is asked once, without an ETag."""
    with ground.database.owner.begin() as db:
        token = issue(db, role="state", state=STATE, days=1, label="bench")
    return [
        client.ask("GET", f"/flows/district?from={day}&to={day}", token=token).seconds
        * 1e3
        for day in days(counted)
    ]


def days(counted: pl.DataFrame) -> list:
    """Return the days, the busiest first."""
    by_day = counted.group_by("day").agg(pl.col("n").sum())
    return by_day.sort("n", "day", descending=True)["day"].to_list()


def bars(rounds: list[list[float]]) -> list[Bar]:
    """Each round is a fresh server: its first answer is cold, the others warm."""
    warm = [median(each[1:]) for each in rounds]
    return [
        bar.at_most("/flows/district, one day, 1M movements, p50", warm, MOST_MS, "ms"),
        bar.told("  slowest day", [max(each[1:]) for each in rounds], "ms"),
        bar.told("  first answer of a fresh server", [r[0] for r in rounds], "ms"),
    ]

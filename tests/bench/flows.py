"""Bar: `/flows/district` for one day, over a million movements."""

import time
from statistics import median

import polars as pl

from boundaries.scope import COUNTRY
from boundaries.vintage import sets_on
from gis_service.access import issue
from layers.flows import answer
from layers.question import Question
from layers.window import Window
from tests.bench import bar
from tests.bench.bar import Bar
from tests.bench.ground import Ground
from tests.bench.service import Client

# The state that most people went home to.
STATE = 9
MOST_MS = 50.0
ROUNDS = 5


def over_http(client: Client, ground: Ground, counted: pl.DataFrame) -> list[float]:
    """Return milliseconds of one day each; every day is asked once, without an ETag."""
    with ground.database.owner.begin() as db:
        token = issue(db, role="state", state=STATE, days=1, label="bench")
    return [
        client.ask("GET", f"/flows/district?from={day}&to={day}", token=token).seconds
        * 1e3
        for day in days(counted)
    ]


def whole_country(ground: Ground, counted: pl.DataFrame) -> list[float]:
    """Return milliseconds of each day for the whole country, in this process."""
    found = []
    with ground.database.read.connect() as db:
        sets = sets_on(db, None)
        for day in days(counted):
            begin = time.perf_counter()
            answer(db, Question(COUNTRY, sets, window=Window(day, day)))
            found.append((time.perf_counter() - begin) * 1e3)
    return found


def days(counted: pl.DataFrame) -> list:
    """Return the days, the busiest first."""
    by_day = counted.group_by("day").agg(pl.col("n").sum())
    return by_day.sort("n", "day", descending=True)["day"].to_list()


def bars(rounds: list[list[float]], country: list[list[float]]) -> list[Bar]:
    """Each round is a fresh server: its first answer is cold, the others warm."""
    warm = [median(each[1:]) for each in rounds]
    return [
        bar.at_most("/flows/district, one day, 1M movements, p50", warm, MOST_MS, "ms"),
        bar.told("  slowest day", [max(each[1:]) for each in rounds], "ms"),
        bar.told("  first answer of a fresh server", [r[0] for r in rounds], "ms"),
        bar.told("  whole country, in process", [median(e) for e in country], "ms"),
        bar.told("  whole country, busiest day", [e[0] for e in country], "ms"),
    ]

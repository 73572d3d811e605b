"""`make attack`: the attacks on all of the demonstration's 6.3 million journeys."""

import argparse
import os
import sys

import polars as pl

from movements.release.draw import ReleaseKey
from tests.attack.table import lines, say
from tests.bench import crowd
from tests.bench.ground import ground

PEOPLE = 6_300_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    people = parser.parse_args().people
    with ground() as on:
        counts = weekly(crowd.counted(crowd.crowd(on.database, people)))
    sys.stdout.write(f"{people:,} journeys\n")
    found = lines(counts, ReleaseKey("attack", os.urandom(32)))
    say(found)
    return 0 if all(line.holds for line in found) else 1


def weekly(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows of ``flow_day`` as a release counts them."""
    return rows.with_columns(
        pl.col("day").cast(pl.Date), pl.col("n").cast(pl.Int64)
    ).with_columns(pl.col("day").dt.truncate("1w").alias("week"))


if __name__ == "__main__":
    sys.exit(main())

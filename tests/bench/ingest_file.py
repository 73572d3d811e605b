"""A file of one state's rows, of any length, written as it is drawn.

The rows are the demonstration's, drawn again and again: each has a row id of its own,
so that each is another person's, and travels in the order of the file.
"""

from pathlib import Path

import polars as pl

from gis_service.db import Database
from gis_service.demo.contacts import FIRST_DIGITS, PER_DIGIT
from gis_service.demo.run import generated

TENANT = 27
# As many rows of the state as are drawn from; of a hundred people 17 leave from it.
DRAWN_FROM = 40_000
PEOPLE_PER_ROW = 8
CHUNK = 20_000
# Who travels together shares a telephone.
PARTY = 3


def write(database: Database, file: Path, *, rows: int, seed: int) -> None:
    """Write ``rows`` rows as CSV with every column but ``aadhaar``."""
    pool = _pool(database, min(rows, DRAWN_FROM), seed)
    with file.open("wb") as out:
        for begin in range(0, rows, CHUNK):
            size = min(CHUNK, rows - begin)
            # The part of the pool's days that this part of the file is of.
            first, last = (at * pool.height // rows for at in (begin, begin + size))
            days = pool.slice(first, max(last - first, 1))
            drawn = days.sample(size, with_replacement=True, seed=seed + begin)
            at = pl.int_range(begin, begin + size)
            drawn.sort("travel_date").with_columns(
                mobile=mobile(at // PARTY),
                source_ref=pl.format("SYNTHETIC-{}", at.cast(pl.String).str.zfill(10)),
            ).write_csv(out, include_header=begin == 0)


def _pool(database: Database, rows: int, seed: int) -> pl.DataFrame:
    people = rows * PEOPLE_PER_ROW
    every = generated(database, people=people, seed=seed, label="SYNTHETIC")
    own = every.filter(pl.col("tenant") == TENANT)
    return own.drop("tenant", "aadhaar").sort("travel_date", maintain_order=True)


def mobile(party: pl.Expr) -> pl.Expr:
    """Return E.164 as the demonstration has it: they repeat as often as theirs."""
    digit = party % FIRST_DIGITS.size + int(FIRST_DIGITS[0])
    body = party // FIRST_DIGITS.size % PER_DIGIT
    return pl.format("+91{}", digit * 10**9 + body)

"""Numbers in the form of Aadhaar for a generated file; none is anybody's.

They begin with 9999, as the test numbers of the issuer do, and end with Verhoeff's
check digit.
"""

import numpy as np
import polars as pl

from movements.verhoeff import holds

PREFIX = 9_999_000_000_0
RANGE = 10_000_000
MISSING = 0.2
LENGTH = 12


def numbers(rng: np.random.Generator, people: int) -> pl.Series:
    """Return a 12-digit number per person; a fifth have none."""
    whole = (PREFIX + rng.integers(0, RANGE, people)) * 10
    places = 10 ** np.arange(LENGTH - 1, -1, -1)
    digits = (whole[:, None] // places % 10).astype(np.int8)
    check = np.zeros(people, dtype=np.int64)
    for digit in range(10):
        digits[:, -1] = digit
        check = np.where(holds(digits), digit, check)
    text = pl.Series("aadhaar", whole + check).cast(pl.String)
    has = pl.Series(rng.random(people) >= MISSING)
    return text.zip_with(has, pl.Series([None] * people, dtype=pl.String))

"""The rules that others publish counts by, and what an attacker makes of each.

They run beside ours so that the attacks are known to bite. A cell is what ours calls an
atom of the finest level: a pair of districts, a day and a mode.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from movements.release.draw import ReleaseKey, drawn, rounded
from movements.release.levels import BASE, FLOWS

# FlowKit hides what is below; here with the base of our own rounding.
HIDDEN_BELOW = 11
# Cell-key noise is added once for each table that a cell, or a sum with it, is in.
NOISE = 5
# Windows of days that end with a cell's day, each asked with and without that day.
WINDOWS = 20
FINE = FLOWS[0].by
# Sums that the same questions give: over a state's districts, over modes, over days.
SUMS = (
    ("day", "origin_state", "destination"),
    ("day", "origin", "destination_state"),
    ("day", "origin", "destination"),
    ("week", "origin", "destination", "mode"),
    ("week", "origin_state", "destination"),
    ("week", "origin", "destination_state"),
)


def cells(counts: pl.DataFrame) -> pl.DataFrame:
    """Return everyone's true counts by cell: the columns ``FINE`` and ``c``."""
    return counts.group_by(FINE).agg(pl.col("n").sum().alias("c")).sort(FINE)


def told_by_hiding(found: pl.DataFrame) -> float:
    """Return which part of the small cells is proven, where small counts are hidden.

    A cell is hidden below ``HIDDEN_BELOW``, by itself and in each sum. What a sum
    leaves when the cells that are shown are taken away is of the hidden ones: of one,
    exactly; of several, where it is the least or the most they can be.
    """
    small = pl.col("c") < HIDDEN_BELOW
    hidden = found.filter(small)
    proven = pl.Series([False] * hidden.height)
    for by in SUMS:
        sums = found.group_by(by).agg(
            pl.col("c").sum().alias("sum"),
            pl.col("c").filter(small).sum().alias("left"),
            small.sum().alias("cells"),
        )
        left, cells = pl.col("left"), pl.col("cells")
        known = (
            (cells == 1) | (left == cells) | (left == cells * (HIDDEN_BELOW - 1))
        ) & (pl.col("sum") >= HIDDEN_BELOW)
        beside = hidden.join(
            sums.select(*by, known.alias("known")),
            on=by,
            how="left",
            maintain_order="left",
        )
        proven |= beside["known"]
    return float(proven.mean() or 0)


def shown_by_rounding(found: pl.DataFrame, key: ReleaseKey) -> pl.DataFrame:
    """Return the cells with ``n``, each rounded by a key and none pooled."""
    counts = found["c"].to_numpy().astype(np.int64)
    counters = np.zeros(found.height, dtype=np.int64)
    _, roundings = drawn(key, FLOWS[0], found, counters=counters)
    return found.with_columns(pl.Series("n", rounded(counts, roundings)))


def guessed_by_averaging(counts: Sequence[int], rng: np.random.Generator) -> float:
    """Return which part of counts an attacker reads where each table has its noise.

    Each difference of two windows is the count and two noises; the mean of many is
    the count.
    """
    true = np.asarray(counts)
    noise = rng.integers(-NOISE, NOISE + 1, (2, WINDOWS, true.size))
    mean = true + (noise[0] - noise[1]).mean(axis=0)
    return float((np.rint(mean) == true).mean())


def rounding_proves(shown: pl.DataFrame, *, most: int) -> int:
    """Return how many cells of at most so many people are shown at all."""
    return shown.filter((pl.col("c") <= most) & (pl.col("n") >= BASE)).height

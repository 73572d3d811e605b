"""The attacks as a table, ours beside weaker rules."""

import sys
from dataclasses import dataclass

import numpy as np
import polars as pl

from movements.release.draw import ReleaseKey
from movements.release.levels import FLOWS
from movements.release.partition import partition
from tests.attack import ours, weaker

SEED = 11
# Cells of one to three people; and journeys added one at a time.
MOST, ADDED = 3, 400
LIKELY = 4 / 11


@dataclass(frozen=True, slots=True)
class Line:
    """One measure: what it is, its value, and the most it may be (None: told only)."""

    name: str
    value: float
    bar: float | None = None

    @property
    def holds(self) -> bool:
        return self.bar is None or self.value <= self.bar


def lines(counts: pl.DataFrame, key: ReleaseKey, *, added: int = ADDED) -> list[Line]:
    """Attack a release of counts (columns as ``movements.release.rows.counts``)."""
    rng = np.random.default_rng(SEED)
    cells = weaker.cells(counts)
    made = partition(counts, FLOWS, key=key)
    found = ours.looked_at(counts, key)
    blind, guess = ours.guesses(cells, made)
    small = cells.filter(pl.col("c") <= ours.SMALL)["c"].to_list()
    rounding = weaker.shown_by_rounding(cells, key)
    chance = ours.one_more(counts, key, people=added, rng=rng)
    spread = 2 * np.sqrt(LIKELY * (1 - LIKELY) / added)
    return [
        Line("ours: lines shown", found.shown),
        Line("ours: lines of fewer than six journeys", found.under_six, 0),
        Line("ours: atoms of at most 11 with fewer than five counts", found.exposed, 0),
        Line(
            "ours: cells of one to three people that are lines",
            ours.small_that_show(cells, made, MOST),
            0,
        ),
        Line("blind guess of a small count", blind),
        Line("ours: guess of a small count", guess, blind + 0.02),
        Line("ours: one journey more changes something", chance, LIKELY + spread),
        Line("ours: national total, error", found.total_error, 0.005),
        Line("hiding below 11: small cells proven", weaker.told_by_hiding(cells)),
        Line(
            "rounding alone: cells of one to three people that show",
            weaker.rounding_proves(rounding, most=MOST),
        ),
        Line(
            "noise per table: guess of a small count",
            weaker.guessed_by_averaging(small, rng),
        ),
    ]


def say(found: list[Line]) -> None:
    """Print the table."""
    width = max(len(line.name) for line in found)
    for line in found:
        told = "" if line.bar is None else f"<= {line.bar:.4g}"
        verdict = "" if line.bar is None else ("yes" if line.holds else "NO")
        text = f"{line.name:<{width}}  {line.value:>10.4g}  {told:<10}  {verdict}"
        sys.stdout.write(text.rstrip() + "\n")

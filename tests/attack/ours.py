"""What an attacker makes of our release."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from movements.release.check import HI, LO, checked, narrowed
from movements.release.draw import ReleaseKey
from movements.release.levels import FLOWS, Level
from movements.release.partition import Atoms, partition

SMALL = 11


@dataclass(frozen=True, slots=True)
class Found:
    """Counts of atoms, over everything that is published.

    Attributes:
        shown: published atoms of flows but the country's.
        under_six: of these, those that stand for fewer than six journeys.
        exposed: atoms of at most 11 with fewer than five counts left.
        total_error: of the national total, as a part of it.
    """

    shown: int
    under_six: int
    exposed: int
    total_error: float


def looked_at(counts: pl.DataFrame, key: ReleaseKey) -> Found:
    """Make a release of counts and look at all of it."""
    made = checked(counts, key=key)
    left = narrowed(made)
    every = (*made.flows, *made.categories)
    exposed = 0
    for atoms in every:
        bounds = left[atoms.level.name].join(
            atoms.shown.select(*atoms.level.by), on=atoms.level.by
        )
        few = (pl.col(HI) - pl.col(LO) + 1 < 5) & (pl.col("people") <= SMALL)
        exposed += bounds.filter(few).height
    lines = [atoms.shown for atoms in made.flows[:-1]]
    total = int(counts["n"].sum())
    told = sum(int(atoms.shown["n"].sum()) for atoms in made.flows)
    return Found(
        shown=sum(each.height for each in lines),
        under_six=sum(each.filter(pl.col("people") < 6).height for each in lines),
        exposed=exposed,
        total_error=abs(told - total) / total,
    )


def small_that_show(cells: pl.DataFrame, made: tuple[Atoms, ...], most: int) -> int:
    """Return how many cells of at most so many people are lines of their own."""
    fine = made[0]
    small = cells.filter(pl.col("c") <= most)
    return small.join(fine.shown, on=fine.level.by, how="inner").height


def guesses(cells: pl.DataFrame, made: tuple[Atoms, ...]) -> tuple[float, float]:
    """Return how often a small count is guessed: blindly, and knowing the release.

    The best guess for cells that look the same is the count most of them have.
    """
    fine = made[0]
    small = cells.filter(pl.col("c") <= SMALL)
    seen = small.join(
        fine.shown.select(*fine.level.by, "n"), on=fine.level.by, how="left"
    ).with_columns(pl.col("n").fill_null(0))
    blind = small["c"].value_counts()["count"].max() / max(small.height, 1)
    best = seen.group_by("n", "c").len().group_by("n").agg(pl.col("len").max())
    return float(blind), float(best["len"].sum() / max(small.height, 1))


def one_more(
    counts: pl.DataFrame, key: ReleaseKey, *, people: int, rng: np.random.Generator
) -> float:
    """Return how often one more journey changes anything that is published.

    Each is added to a journey's cell drawn at random, all others being known. Only
    what shares its week and pair of states can change, and the country's remainder.
    """
    rows = counts.sample(people, seed=int(rng.integers(2**31)))
    changed = 0
    for row in rows.iter_rows(named=True):
        week = pl.col("week") == row["week"]
        pair = (pl.col("origin_state") == row["origin_state"]) & (
            pl.col("destination_state") == row["destination_state"]
        )
        before = counts.filter(week & pair)
        added = before.head(0).vstack(
            pl.DataFrame([row | {"n": 1}], schema=counts.schema)
        )
        after = pl.concat([before, added])
        changed += _published(before, key) != _published(after, key)
    return changed / people


def _published(counts: pl.DataFrame, key: ReleaseKey) -> list[list[tuple[object, ...]]]:
    return [_rows(each.level, each) for each in partition(counts, FLOWS, key=key)]


def _rows(level: Level, atoms: Atoms) -> list[tuple[object, ...]]:
    return atoms.shown.select(*level.by, "n").rows()

"""Counts of journeys into atoms: each journey in exactly one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from movements.release.draw import Ints, ReleaseKey, drawn, rounded
from movements.release.levels import LEAST, Level

# Columns of atoms beside those that name them.
PEOPLE, SHOWN, COUNTER = "people", "n", "counter"


@dataclass(frozen=True, slots=True)
class Atoms:
    """The atoms of one level.

    Attributes:
        level: how fine they are.
        rows: the columns ``level.by``; ``people``, the true count, which is never
            published; ``n``, what is, none where it is 0; ``counter``.
    """

    level: Level
    rows: pl.DataFrame

    @property
    def shown(self) -> pl.DataFrame:
        """The published rows: those that are not drawn to nothing."""
        return self.rows.filter(pl.col(SHOWN) > 0)


# By the level's name: the columns that name an atom, and how often it was drawn again.
Counters = Mapping[str, pl.DataFrame]
NONE_AGAIN: Counters = {}


def partition(
    counts: pl.DataFrame,
    levels: Sequence[Level],
    *,
    key: ReleaseKey,
    again: Counters = NONE_AGAIN,
) -> tuple[Atoms, ...]:
    """Return the atoms of every level.

    Journeys that reach the threshold of their atom at a level stay there; the others
    are counted anew at the next. What does not reach it at the last level either is
    in no atom: fewer than 16 journeys of a week.

    Args:
        counts: the columns of every level and ``n``, journeys.
        levels: from fine to coarse.
        key: of all draws.
        again: atoms that were drawn again before they were published.
    """
    rest, found = counts, []
    for level in levels:
        cells = rest.group_by(level.by).agg(pl.col("n").sum().alias(PEOPLE))
        # A threshold is never lower, so most need no draw.
        cells = cells.filter(pl.col(PEOPLE) >= LEAST).sort(level.by)
        atoms = _drawn(cells, level, key, again.get(level.name))
        found.append(Atoms(level, atoms))
        rest = rest.join(atoms.select(level.by), on=level.by, how="anti")
    return tuple(found)


def _drawn(
    cells: pl.DataFrame, level: Level, key: ReleaseKey, again: pl.DataFrame | None
) -> pl.DataFrame:
    counters = _counters(cells, level, again)
    thresholds, roundings = drawn(key, level, cells, counters=counters)
    people = cells[PEOPLE].to_numpy().astype(np.int64)
    made = cells.with_columns(
        pl.Series(PEOPLE, people),
        pl.Series(SHOWN, rounded(people, roundings, level.base)),
        pl.Series(COUNTER, counters),
    )
    return made.filter(pl.Series(people >= thresholds))


def _counters(cells: pl.DataFrame, level: Level, again: pl.DataFrame | None) -> Ints:
    if again is None or not again.height:
        return np.zeros(cells.height, dtype=np.int64)
    both = cells.join(
        again.select(*level.by, COUNTER),
        on=level.by,
        how="left",
        maintain_order="left",
    )
    counters: Ints = both[COUNTER].fill_null(0).to_numpy().astype(np.int64)
    return counters

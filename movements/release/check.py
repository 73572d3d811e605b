"""What everything published together gives away of each atom, before it is published.

A published ``n`` alone leaves the counts from ``n`` - 10 to ``n`` + 10, six or more (of
a category of a state ``n`` - 32 to ``n`` + 32).
Atoms of flows and of categories count the same journeys: those that the categories of a
state and week can stand for at most bound what the flows from there can, and the other
way round. So bounds are narrowed until nothing changes (interval propagation); where
fewer than ``FEWEST`` counts stay possible, the atom is drawn again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from movements.release.draw import ReleaseKey
from movements.release.levels import CATEGORIES, FLOWS, LEAST, MOST
from movements.release.partition import (
    COUNTER,
    SHOWN,
    Atoms,
    Counters,
    partition,
)

FEWEST = 5
# So many draws are never needed; if they were, nothing may be published.
DRAWS = 50
STATES, KINDS = 36, 5  # states and union territories; categories of people

LO, HI = "lo", "hi"


class Unpublishable(Exception):
    """Atoms kept giving themselves away, however often they were drawn."""


@dataclass(frozen=True, slots=True)
class Release:
    """The atoms of some weeks, looked at and fit to be published."""

    flows: tuple[Atoms, ...]
    categories: tuple[Atoms, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """A level of categories, as a bound on flows.

    Attributes:
        name: of the level.
        cells: how many atoms of it a group may have.
        most: journeys that one of them may stand for without being shown.
    """

    name: str
    cells: int
    most: int


def checked(
    counts: pl.DataFrame,
    *,
    key: ReleaseKey,
    again: Counters | None = None,
    draws: int = DRAWS,
) -> Release:
    """Return the atoms of counts, drawn until none of them is given away.

    Args:
        counts: ``week, day, mode, category, origin_state, origin, destination_state,
            destination, n``.
        key: of all draws.
        again: what was drawn again when these weeks were published before.
        draws: at most so many; 1 where what is out must stay.

    Raises:
        Unpublishable: as it says.
    """
    counters = dict(again or {})
    for _ in range(draws):
        made = Release(
            partition(counts, FLOWS, key=key, again=counters),
            partition(counts, CATEGORIES, key=key, again=counters),
        )
        exposed = [
            (level, rows) for level, rows in _exposed(made).items() if rows.height
        ]
        if not exposed:
            return made
        for name, rows in exposed:
            counters[name] = _raised(counters.get(name), rows)
    raise Unpublishable(f"after {draws} draws atoms still leave fewer than {FEWEST}")


def bounds(atoms: Atoms) -> pl.DataFrame:
    """Return the published atoms with the fewest and most journeys each can be."""
    n, away = pl.col(SHOWN), atoms.level.base - 1
    least = pl.max_horizontal(n - away, pl.lit(LEAST, dtype=pl.Int64))
    return atoms.shown.with_columns(least.alias(LO), (n + away).alias(HI))


def narrowed(made: Release) -> dict[str, pl.DataFrame]:
    """Return every level's published atoms with all that others give away of them."""
    found = {each.level.name: bounds(each) for each in (*made.flows, *made.categories)}
    (of_state,) = CATEGORIES
    # Of one that is not told: below its threshold, or drawn to nothing.
    unseen = max(MOST - 1, of_state.base - 1)
    flows = [each.level.name for each in made.flows]
    _narrow(
        found,
        flows[:-1],
        [Side(of_state.name, cells=KINDS, most=unseen)],
        by=["week", "origin_state"],
    )
    _narrow(
        found,
        flows,
        [Side(of_state.name, cells=STATES * KINDS, most=unseen)],
        by=["week"],
    )
    return found


def _exposed(made: Release) -> dict[str, pl.DataFrame]:
    few = pl.col(HI) - pl.col(LO) + 1 < FEWEST
    levels = {each.level.name: each.level for each in (*made.flows, *made.categories)}
    return {
        name: rows.filter(few).select(*levels[name].by, COUNTER)
        for name, rows in narrowed(made).items()
    }


def _narrow(
    found: dict[str, pl.DataFrame],
    flows: Sequence[str],
    sides: Sequence[Side],
    *,
    by: list[str],
) -> None:
    """Narrow the bounds of atoms that count the same journeys, in place.

    All flows of a group are among those of its categories. Flows that are not shown
    may be any number, so nothing bounds flows from below, nor categories from above;
    so one pass finds all there is.
    """
    told = pl.concat([found[name].select(*by, LO) for name in flows])
    least = told.group_by(by).agg(pl.col(LO).sum().alias("least"))
    both = least
    for side in sides:
        both = both.join(_most(found[side.name], side, by), on=by, how="left")
    parts = [pl.col(side.name).fill_null(side.cells * side.most) for side in sides]
    both = both.select(*by, "least", pl.sum_horizontal(parts).alias("most"))
    for name in flows:
        room = pl.col("most") - (pl.col("least") - pl.col(LO))
        found[name] = _beside(found[name], both, by, pl.min_horizontal(HI, room), HI)
    for side in sides:
        rows = found[side.name]
        room = pl.col("least") - (pl.col("most") - pl.col(HI))
        found[side.name] = _beside(rows, both, by, pl.max_horizontal(LO, room), LO)


def _most(rows: pl.DataFrame, side: Side, by: list[str]) -> pl.DataFrame:
    unseen = (side.cells - pl.len()) * side.most
    return rows.group_by(by).agg((pl.col(HI).sum() + unseen).alias(side.name))


def _beside(
    rows: pl.DataFrame, group: pl.DataFrame, by: list[str], bound: pl.Expr, name: str
) -> pl.DataFrame:
    """Return rows with a bound that depends on their group, if they have one."""
    both = rows.join(group, on=by, how="left", maintain_order="left")
    return both.with_columns(bound.alias(name)).select(rows.columns)


def _raised(before: pl.DataFrame | None, exposed: pl.DataFrame) -> pl.DataFrame:
    """Return the counters with those of the exposed atoms one higher."""
    higher = exposed.with_columns(pl.col(COUNTER) + 1)
    if before is None:
        return higher
    names = [name for name in higher.columns if name != COUNTER]
    kept = before.select(higher.columns).join(higher, on=names, how="anti")
    return pl.concat([kept, higher])

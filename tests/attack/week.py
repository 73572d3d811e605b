"""All that a release tells of a week, as one system of counts.

Written from docs/protection.md, apart from ``movements/release/check.py``: the journeys
from a state are those of its flows and those of its categories. What is in neither is
told of the country, or was drawn to nothing, or stays below a threshold.
"""

from dataclasses import dataclass, field
from datetime import date

import polars as pl

from tests.attack.system import ANY, Builder, System

STATES, KINDS = 36, 5
# A published n stands for n - 10 to n + 10 journeys, six at least; a category for
# n - 32 to n + 32. Drawn to nothing are as many at most; below a threshold, fifteen.
AWAY, AWAY_OF_CATEGORY, FEWEST, BELOW = 10, 32, 6, 15


@dataclass(frozen=True, slots=True)
class Known:
    """What an officer knows of a week beside the release: all that touches a state.

    Attributes:
        state: the officer's.
        from_state: journeys to there, by state of origin.
        by_category: the same, by state of origin and category.
        left: at most so many journeys from there are told of the country only.
    """

    state: int
    left: int = 0
    from_state: dict[int, int] = field(default_factory=dict)
    by_category: dict[tuple[int, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Week:
    """A week's system.

    Attributes:
        system: of counts.
        flows: places of the atoms of flows, in the order of ``atoms``.
        atoms: those atoms.
        unseen: by state, the place of the journeys that are drawn to nothing.
        categories: places of the atoms of categories.
    """

    system: System
    flows: list[int]
    atoms: pl.DataFrame
    unseen: dict[int, int]
    categories: list[int]


def of_week(
    flows: pl.DataFrame,
    categories: pl.DataFrame,
    week: date,
    *,
    known: Known | None = None,
) -> Week:
    """Return the system of a week; who knows a state's own asks of all others."""
    atoms = flows.filter(pl.col("week") == week)
    if known:
        touching = (pl.col("origin_state") == known.state) | (
            pl.col("destination_state") == known.state
        )
        atoms = atoms.filter(~touching.fill_null(value=False))
    kinds = categories.filter(pl.col("week") == week)
    made = Builder()
    places = made.counts(*_bounds(atoms))
    by_state = _places_by(atoms["origin_state"].to_list(), places)
    told, of_kinds = _categories(made, kinds, known)
    lefts, unseen = [], {}
    for state in sorted({*filter(None, by_state), *told}):
        if known and state == known.state:
            # All of it is known; at most so much is left for the country.
            lefts.append(made.count(0, known.left))
            continue
        own = known.from_state.get(state, 0) if known else 0
        flows_of, kinds_of = by_state.get(state, []), told.get(state, [])
        left, unseen[state] = _state(made, flows_of, kinds_of, own)
        lefts += left
    _country(made, lefts, by_state.get(None, []))
    return Week(made.system(), places, atoms, unseen, of_kinds)


def _state(
    made: Builder, flows: list[int], kinds: list[int], own: int
) -> tuple[list[int], int]:
    """Say that the flows from a state and its categories count the same journeys.

    Args:
        made: takes it up.
        flows: places of the atoms of flows.
        kinds: places of the atoms of categories.
        own: journeys from there that the officer knows, in no atom of ``flows``.

    Returns:
        Places of what flows leave for the country, and of the journeys that are drawn
        to nothing.
    """
    unseen_kinds = KINDS - len(kinds)
    left, unseen = made.count(0, STATES * BELOW), made.count(0, ANY)
    # Drawn to nothing, or below a threshold.
    each = max(AWAY_OF_CATEGORY, BELOW)
    untold = made.count(0, unseen_kinds * each)
    made.sum([*flows, left, unseen], [*kinds, untold], least=-own, most=-own)
    # Of the officer's own, some are left for the country.
    of_own = made.count(0, min(own, BELOW))
    return [left, of_own], unseen


def _bounds(atoms: pl.DataFrame) -> tuple[list[int], list[int]]:
    n, away = pl.col("n"), pl.lit(AWAY, dtype=pl.Int64)
    if "category" in atoms.columns:
        away = pl.lit(AWAY_OF_CATEGORY, dtype=pl.Int64)
    both = atoms.select(
        pl.max_horizontal(n - away, pl.lit(FEWEST, dtype=pl.Int64)).alias("low"),
        (n + away).alias("high"),
    )
    return both["low"].to_list(), both["high"].to_list()


def _places_by(keys: list, places: list[int]) -> dict:
    found: dict = {}
    for key, place in zip(keys, places, strict=True):
        found.setdefault(key, []).append(place)
    return found


def _categories(
    made: Builder, kinds: pl.DataFrame, known: Known | None
) -> tuple[dict[int, list[int]], list[int]]:
    places = made.counts(*_bounds(kinds))
    if known:
        names = zip(kinds["origin_state"], kinds["category"], places, strict=True)
        for state, kind, place in names:
            own = known.by_category.get((state, kind), 0)
            made.low[place] = max(made.low[place], own)
    return _places_by(kinds["origin_state"].to_list(), places), places


def _country(made: Builder, lefts: list[int], told: list[int]) -> None:
    made.sum(lefts, told or [made.count(0, BELOW)])

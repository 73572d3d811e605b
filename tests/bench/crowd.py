"""Millions of journeys, quickly: the demonstration's people, drawn for benches.

Nothing is checked, sealed or routed. The journeys have the demonstration's
concentration: vehicles, parties and a few pairs of districts that carry most people.
"""

from dataclasses import replace

import numpy as np
import polars as pl

from gis_service.db import Database
from gis_service.demo import places
from gis_service.demo.figures import daily_share
from gis_service.demo.parties import CATEGORY_SHARE
from gis_service.demo.population import journeys, population
from gis_service.demo.weights import Weights, weights
from movements.flow import CATEGORIES, MODES
from tests.bench.pairs import Pairs, likeliest

SEED = 20200512
# The published days are 34. Half of the vehicles run this much later, so that the
# journeys lie over 62 days, as the bars ask.
LATER = np.timedelta64(28, "D")
# How many pairs of districts the bars speak of.
PAIRS = 444_000


def crowd(database: Database, people: int, *, seed: int = SEED) -> pl.DataFrame:
    """Return one row per person: LGD codes of the ends, day, mode, category."""
    rng = np.random.default_rng(seed)
    going = population(rng, people, _touching(database))
    later = rng.random(going.vehicles.day.size) < 0.5
    day = going.vehicles.day + np.where(later, LATER, LATER * 0)
    return journeys(replace(going, vehicles=replace(going.vehicles, day=day)))


def on_many_pairs(
    database: Database, people: int, *, pairs: int = PAIRS, seed: int = SEED
) -> pl.DataFrame:
    """Return a crowd that is on at least ``pairs`` pairs of districts.

    The pairs that nobody drew get one journey each, the likeliest first; as many
    others stay away.
    """
    drawn = crowd(database, people, seed=seed)
    rng = np.random.default_rng(seed + 1)
    between = weights(_touching(database))
    missing = max(pairs - np.unique(pair_keys(drawn)).size, 0)
    further = likeliest(between, missing, but=np.unique(pair_keys(drawn)))
    return thinned(pl.concat([drawn, _once(rng, further, between)]), people, seed=seed)


def thinned(each: pl.DataFrame, people: int, *, seed: int = SEED) -> pl.DataFrame:
    """Return ``people`` of the journeys, on the same pairs of districts.

    One journey of each pair stays, and as many others at random as it takes.
    """
    _, first = np.unique(pair_keys(each), return_index=True)
    others = np.ones(each.height, dtype=np.bool_)
    others[first] = False
    rng = np.random.default_rng(seed)
    more = rng.permutation(np.flatnonzero(others))[: people - first.size]
    return each[np.sort(np.concatenate((first, more)))]


def counted(each: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ``flow_day``, in the order of its key."""
    key = ("origin", "destination", "day", "mode", "category")
    states = ("origin_state", "destination_state")
    sums = each.group_by(*key).agg(*(pl.col(s).first() for s in states), n=pl.len())
    return sums.with_columns(status=pl.lit("planned")).sort(*key)


def pair_keys(each: pl.DataFrame) -> np.ndarray:
    ends = each.select("origin", "destination").to_numpy()
    return ends[:, 0] << 16 | ends[:, 1]


def _once(rng: np.random.Generator, on: Pairs, between: Weights) -> pl.DataFrame:
    """Return one journey on each pair; by train where trains run."""
    days, share = daily_share()
    size = on.origin.size
    day = rng.choice(days, size, p=share) + LATER * rng.integers(0, 2, size)
    by_bus = (between.train[on.state_places] == 0).astype(np.int64)
    category = rng.choice(CATEGORY_SHARE.size, size, p=CATEGORY_SHARE)
    ends = {
        "origin_state": on.origin_state,
        "destination_state": on.destination_state,
        "origin": on.origin,
        "destination": on.destination,
    }
    return pl.DataFrame(ends).with_columns(
        day=pl.Series(day),
        mode=pl.Series(MODES)[by_bus],
        category=pl.Series(CATEGORIES)[category],
    )


def _touching(database: Database) -> np.ndarray:
    with database.owner.connect() as db:
        return places.touching(db)

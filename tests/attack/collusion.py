"""An analyst and the officer of a state, who knows exactly what touches it.

What the officer knows is taken from everything that counts others' journeys too: the
categories of a state, and what is told of the country only.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from tests.attack import week
from tests.attack.door import Door
from tests.attack.intervals import narrowed

CATEGORIES = ("labour", "student", "tourist", "pilgrim", "other")
SMALL, FEWEST = 11, 5


@dataclass(frozen=True, slots=True)
class Left:
    """What the two leave of others' atoms.

    Attributes:
        exposed: atoms of at most eleven with fewer than five counts.
        fewest: the fewest counts that any atom keeps.
        unseen: the fewest that the journeys of a state keep which are drawn to nothing.
        asked: how many weeks of officers.
    """

    exposed: int
    fewest: int
    unseen: int
    asked: int


def left(
    door: Door,
    atoms: pl.DataFrame,
    categories: pl.DataFrame,
    *,
    states: list[int],
) -> Left:
    """Let the officers of some states collude, each with the analyst, week by week.

    Args:
        door: the service.
        atoms: published ones of flows, with ``people`` for the judge.
        categories: published ones.
        states: whose officers.
    """
    exposed, fewest, unseen, asked = 0, week.ANY, week.ANY, 0
    for state in states:
        for at in sorted(atoms["week"].unique()):
            known = _known(door, state, at)
            made = week.of_week(atoms, categories, at, known=known)
            low, high = narrowed(made.system)
            counts = (high - low + 1)[made.flows]
            small = made.atoms["people"].to_numpy() <= SMALL
            exposed += int(((counts < FEWEST) & small).sum())
            fewest = min(fewest, *counts.tolist())
            nothing = list(made.unseen.values())
            unseen = min(unseen, *(high - low + 1)[nothing].tolist())
            asked += 1
    return Left(exposed, fewest, unseen, asked)


def _known(door: Door, state: int, monday: date) -> week.Known:
    by_category: dict[tuple[int, str], int] = {}
    away: dict[int, int] = {}
    days = f"from={monday}&to={monday + timedelta(days=6)}&k=20000"
    for category in CATEGORIES:
        told = door.ask(
            f"/flows/state?{days}&category={category}", who=f"state {state}"
        ).json()
        for edge in told["edges"]:
            if edge["destination"] == state:
                by_category[edge["origin"], category] = edge["n"]
            else:
                away[edge["destination"]] = away.get(edge["destination"], 0) + edge["n"]
    coming: dict[int, int] = {}
    for (origin, _), n in by_category.items():
        coming[origin] = coming.get(origin, 0) + n
    most = np.minimum(list(away.values()), week.BELOW).sum() + week.BELOW
    return week.Known(state, int(most), coming, by_category)

"""Linear and integer programming on cells drawn at random."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from tests.attack import week
from tests.attack.block import DAYS, Block
from tests.attack.programs import is_possible, least_and_most, of_pair
from tests.attack.rules import Told
from tests.attack.seen import MODES

SMALL, FEWEST = 11, 5


@dataclass(frozen=True, slots=True)
class Sampled:
    """Of so many cells, how many keep fewer than five counts."""

    of: int
    exposed: int

    def __add__(self, other: "Sampled") -> "Sampled":
        return Sampled(self.of + other.of, self.exposed + other.exposed)


def of_others(block: Block, told: Told, *, cells: int, seed: int) -> Sampled:
    """Ask of small cells of a block what their pair's answers leave."""
    small = np.flatnonzero((block.counts > 0) & (block.counts <= SMALL))
    chosen = np.random.default_rng(seed).choice(small, min(cells, small.size), False)
    size = DAYS * len(MODES)
    exposed = 0
    for cell in chosen.tolist():
        pair, at = divmod(cell, size)
        system = of_pair(told.system, pair, answers=len(block.asked), cells=size)
        low, high = least_and_most(system, at)
        exposed += high - low + 1 < FEWEST
    return Sampled(chosen.size, exposed)


def of_ours(
    atoms: pl.DataFrame, categories: pl.DataFrame, *, cells: int, seed: int
) -> Sampled:
    """Ask of small atoms, and of states' journeys that are drawn to nothing.

    Args:
        atoms: published atoms of flows, with ``people``.
        categories: published ones.
        cells: of each kind, shared out among the weeks.
        seed: of the choice.
    """
    rng = np.random.default_rng(seed)
    weeks = sorted(atoms["week"].unique())
    total = Sampled(0, 0)
    for at in weeks:
        made = week.of_week(atoms, categories, at)
        small = np.array(made.flows)[made.atoms["people"].to_numpy() <= SMALL]
        each = -(-cells // len(weeks))
        chosen = [
            *rng.choice(small, min(each, small.size), False),
            *rng.choice(list(made.unseen.values()), min(each, len(made.unseen)), False),
        ]
        for count in chosen:
            low, high = least_and_most(made.system, int(count))
            total += Sampled(1, int(high - low + 1 < FEWEST))
    return total


def in_whole_numbers(
    atoms: pl.DataFrame, categories: pl.DataFrame, *, cells: int, seed: int
) -> Sampled:
    """Try five counts of small atoms, each with whole numbers for all the others.

    In the weeks with the fewest atoms, where there is least room.
    """
    rng = np.random.default_rng(seed)
    ranked = atoms.group_by("week").len().sort("len", "week")["week"]
    total = Sampled(0, 0)
    for at in range(cells):
        made = week.of_week(atoms, categories, ranked[at % min(4, len(ranked))])
        small = np.array(made.flows)[made.atoms["people"].to_numpy() <= SMALL]
        count = int(rng.choice(small))
        low = int(made.system.low[count])
        tried = [low + step for step in range(FEWEST)]
        possible = [is_possible(made.system, count, value) for value in tried]
        total += Sampled(1, int(not all(possible)))
    return total

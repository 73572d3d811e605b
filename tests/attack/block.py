"""A block of cells, and every question of windows, modes and ends about it.

A cell is what ours calls an atom of the finest level: a pair of districts, a day and a
mode. A block is all that comes to one district in two weeks. The attacker is helped:
which of its pairs have anyone at all is known.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from scipy.sparse import csr_matrix, kron

from tests.attack.seen import MODES
from tests.attack.system import Ints

DAYS = 14
EVERY = ()
OF_MODES = (EVERY, ("train",), ("bus",))


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: days, both inclusive, counted from the block's first; modes."""

    first: int
    last: int
    modes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Cells by origin, day and mode, in this order.

    Attributes:
        district: to which they come.
        first: the first day, a Monday.
        origins, states: of each pair.
        counts: int64[cells], the truth.
    """

    district: int
    first: date
    origins: Ints
    states: Ints
    counts: Ints

    @property
    def asked(self) -> list[Asked]:
        """The questions."""
        return [
            Asked(first, last, modes)
            for first in range(DAYS)
            for last in range(first, DAYS)
            for modes in OF_MODES
        ]

    @property
    def groups(self) -> csr_matrix:
        """csr[groups, origins]: each pair, each state's pairs, and all of them."""
        pairs = np.eye(len(self.origins), dtype=np.int64)
        by_state = (self.states[None] == self.of_states[:, None]).astype(np.int64)
        return csr_matrix(np.vstack([pairs, by_state, np.ones_like(pairs[:1])]))

    @property
    def of_states(self) -> Ints:
        """The states of origin, each once."""
        return np.unique(self.states)

    @property
    def sums(self) -> csr_matrix:
        """csr[groups * questions, cells]: of which cells each answer is the sum."""
        return csr_matrix(kron(self.groups, _of_questions(self.asked), format="csr"))

    def day(self, at: int) -> date:
        return self.first + timedelta(days=at)


def _of_questions(asked: list[Asked]) -> csr_matrix:
    found = np.zeros((len(asked), DAYS, len(MODES)), dtype=np.int64)
    for at, each in enumerate(asked):
        modes = [name in (each.modes or MODES) for name in MODES]
        found[at, each.first : each.last + 1, modes] = 1
    return csr_matrix(found.reshape(len(asked), -1))


def blocks(counts: pl.DataFrame, *, first: date, shares: tuple[float, ...]) -> list:
    """Return blocks of districts with more arrivals than such shares of districts."""
    days = pl.col("day").is_between(first, first + timedelta(days=DAYS - 1))
    inside = counts.filter(days)
    ranked = (
        inside.group_by("destination")
        .agg(pl.col("n").sum())
        .sort("n", "destination")["destination"]
    )
    chosen = [int(ranked[int(share * (len(ranked) - 1))]) for share in shares]
    return [_block(inside, district, first) for district in chosen]


def _block(inside: pl.DataFrame, district: int, first: date) -> Block:
    rows = inside.filter(pl.col("destination") == district)
    ends = rows.select("origin", "origin_state").unique().sort("origin")
    place = {code: at for at, code in enumerate(ends["origin"])}
    counts = np.zeros((len(place), DAYS, len(MODES)), dtype=np.int64)
    for origin, day, mode, n in rows.select("origin", "day", "mode", "n").iter_rows():
        counts[place[origin], (day - first).days, MODES.index(mode)] += n
    codes, states = ends["origin"].to_numpy(), ends["origin_state"].to_numpy()
    return Block(
        district, first, codes.astype(np.int64), states.astype(np.int64), counts.ravel()
    )

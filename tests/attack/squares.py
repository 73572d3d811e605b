"""Least squares over all windows, modes and ends; then the likeliest whole number."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, identity, kron
from scipy.sparse.linalg import lsqr

from tests.attack.block import DAYS, Block
from tests.attack.rules import Told
from tests.attack.seen import MODES

SMALL = 11
# An estimate is told apart from others by halves, up to twice a small count.
STEP, MOST = 0.5, 22
TURNS = 500


@dataclass(frozen=True, slots=True)
class Guesses:
    """How many small counts were guessed.

    Attributes:
        of: how many there were.
        blind: right by always saying the commonest.
        right: right by knowing the answers.
    """

    of: int
    blind: int
    right: int

    def __add__(self, other: "Guesses") -> "Guesses":
        return Guesses(
            self.of + other.of, self.blind + other.blind, self.right + other.right
        )


def estimates(block: Block, told: Told) -> NDArray[np.float64]:
    """Return float64[cells], what fits the answers best."""
    days = _by_day(block)
    sums = (block.sums[told.shown] @ days).tocsr().astype(np.float64)
    sums.eliminate_zeros()
    answers = told.values[told.shown].astype(np.float64)
    found = lsqr(sums, answers, atol=1e-9, btol=1e-9, conlim=0, iter_lim=TURNS)
    return np.asarray(days @ found[0])


def _by_day(block: Block) -> csr_matrix:
    """Return csr[cells, cells]: counts of days, from those of all days up to one.

    A window is the difference of two of these, so that few turns are needed.
    """
    steps = csr_matrix(
        np.eye(DAYS, dtype=np.int64) - np.eye(DAYS, k=-1, dtype=np.int64)
    )
    modes = identity(len(MODES), dtype=np.int64)
    pairs = identity(len(block.origins), dtype=np.int64)
    return csr_matrix(kron(pairs, kron(steps, modes)))


def guesses(block: Block, found: NDArray[np.float64]) -> Guesses:
    """Guess the small counts of half of the cells by what the other half shows.

    The attacker has learned, of cells that are known, which count is commonest among
    those with such an estimate.
    """
    small = (block.counts > 0) & (block.counts <= SMALL)
    counts = block.counts[small]
    kinds = np.clip(np.rint(found[small] / STEP), 0, MOST / STEP).astype(np.int64)
    half = np.arange(small.size)[small] // 2 % 2 == 0
    total = Guesses(0, 0, 0)
    for learned in (half, ~half):
        total += _half(counts, kinds, learned)
    return total


def _half(counts, kinds, learned) -> Guesses:
    seen = np.zeros((int(MOST / STEP) + 1, SMALL + 1), dtype=np.int64)
    np.add.at(seen, (kinds[learned], counts[learned]), 1)
    common = int(seen.sum(axis=0).argmax())
    best = np.where(seen.sum(axis=1) > 0, seen.argmax(axis=1), common)
    told = counts[~learned]
    right = int((best[kinds[~learned]] == told).sum())
    return Guesses(told.size, int((told == common).sum()), right)

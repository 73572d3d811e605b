"""Counts that nobody tells, and what all that is told says of them together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Ints = NDArray[np.int64]
# More than there are people.
ANY = 10**9


@dataclass(frozen=True, slots=True)
class System:
    """Unknown counts with bounds, and sums of them with bounds.

    Attributes:
        low, high: int64[counts], what each can be by itself.
        sums: csr[sums, counts], with 1 and -1.
        least, most: int64[sums], what each sum can be.
    """

    low: Ints
    high: Ints
    sums: csr_matrix
    least: Ints
    most: Ints


@dataclass(slots=True)
class Builder:
    """Collects counts and sums."""

    low: list[int] = field(default_factory=list)
    high: list[int] = field(default_factory=list)
    rows: list[tuple[list[int], list[int], int, int]] = field(default_factory=list)

    def count(self, low: int, high: int) -> int:
        """Add a count; return its place."""
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def counts(self, low: Sequence[int], high: Sequence[int]) -> list[int]:
        """Add counts; return their places."""
        begin = len(self.low)
        self.low.extend(low)
        self.high.extend(high)
        return list(range(begin, len(self.low)))

    def sum(
        self, plus: Sequence[int], minus: Sequence[int] = (), *, least=0, most=0
    ) -> None:
        """Say what some counts less others come to; nothing, unless said."""
        self.rows.append((list(plus), list(minus), least, most))

    def system(self) -> System:
        places = [place for plus, minus, *_ in self.rows for place in plus + minus]
        signs = [
            sign
            for plus, minus, *_ in self.rows
            for sign in [1] * len(plus) + [-1] * len(minus)
        ]
        starts = np.cumsum([0] + [len(row[0]) + len(row[1]) for row in self.rows])
        shape = (len(self.rows), len(self.low))
        return System(
            np.array(self.low, dtype=np.int64),
            np.array(self.high, dtype=np.int64),
            csr_matrix((signs, places, starts), shape=shape, dtype=np.int64),
            np.array([row[2] for row in self.rows], dtype=np.int64),
            np.array([row[3] for row in self.rows], dtype=np.int64),
        )

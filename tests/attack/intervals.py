"""Interval propagation: what each sum leaves for each count, until nothing changes."""

import numpy as np

from tests.attack.system import Ints, System

# Each pass narrows something; the systems here are settled after a few.
PASSES = 60


class Impossible(Exception):
    """No counts at all fit what is told: the attacker's model of it is wrong."""


def narrowed(system: System, *, passes: int = PASSES) -> tuple[Ints, Ints]:
    """Return the fewest and most that each count can be, as far as this finds out."""
    low, high = system.low.copy(), system.high.copy()
    entries = system.sums.tocoo()
    row, at, plus = entries.row, entries.col, entries.data > 0
    for _ in range(passes):
        # What an entry adds to its sum at least and at most.
        adds = np.where(plus, low[at], -high[at]), np.where(plus, high[at], -low[at])
        sums = [np.bincount(row, each, len(system.least)) for each in adds]
        rest = [total[row] - each for total, each in zip(sums, adds, strict=True)]
        room = system.least[row] - rest[1], system.most[row] - rest[0]
        least = np.where(plus, room[0], -room[1])
        most = np.where(plus, room[1], -room[0])
        lower, higher = low.copy(), high.copy()
        np.maximum.at(lower, at, np.ceil(least).astype(np.int64))
        np.minimum.at(higher, at, np.floor(most).astype(np.int64))
        if (lower > higher).any():
            raise Impossible
        if np.array_equal(low, lower) and np.array_equal(high, higher):
            break
        low, high = lower, higher
    return low, high

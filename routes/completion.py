"""The states that close a gap in a declared list (pure)."""

from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import yen

from routes import corridor
from routes.contact import Ints
from routes.earth import Floats
from routes.network import SEA_KM, Network

# Completions named for a gap: enough to choose from, few enough for one message.
NAMED = 3
# Candidates among which the shortest by district network are looked for; the middles
# of parts, by which candidates are found, rank them only roughly.
CANDIDATES = 12
# Cost of each state put in, km: between ways of like length, fewer states first.
INSERTED_KM = 100.0


@lru_cache(maxsize=8192)
def completions(
    network: Network, states: tuple[int, ...], start: int, end: int
) -> tuple[tuple[int, ...], ...]:
    """Return up to three full sequences that close every gap, shortest first.

    Length is what the network counts: km along the districts, between the middle
    districts of the two end parts, and 25 km for each state crossing. One that goes
    by sea is named only where none goes by land.

    Args:
        network: the network that holds the parts.
        states: LGD state codes in order; all of them stay, in their order.
        start: the part that holds the origin district.
        end: the part that holds the destination district.
    """
    ends = _middle_district(network, start), _middle_district(network, end)
    found = [
        (_cost(network, full, ends), full)
        for full in _candidates(network, states, start, end)
    ]
    found.sort()
    return tuple(full for km, full in found[:NAMED] if km < found[0][0] + SEA_KM)


def _middle_district(network: Network, part: int) -> int:
    """Return the district from which the others of its part are nearest in sum."""
    districts = np.flatnonzero(network.part == part)
    sums = network.within[np.ix_(districts, districts)].sum(axis=1)
    return int(districts[sums.argmin()])


def _cost(network: Network, states: tuple[int, ...], ends: tuple[int, int]) -> float:
    """Return the km of the cheapest way through a sequence, state by state."""
    reached = network.within[ends[0]]
    for here, there in pairwise(states):
        a, b, km = _border(network, here, there)
        entered = reached[a] + km
        reached = (entered[:, None] + network.within[b]).min(axis=0)
    return float(reached[ends[1]])


@lru_cache(maxsize=2048)
def _border(network: Network, here: int, there: int) -> tuple[Ints, Ints, Floats]:
    """Return the hops from one state into another: from, to, cost in km."""
    ends = (
        np.flatnonzero(network.states == here),
        np.flatnonzero(network.states == there),
    )
    contact = network.hop[np.ix_(*ends)]
    a, b = np.nonzero(contact >= 0)
    return ends[0][a], ends[1][b], network.weight[contact[a, b]]


def _candidates(
    network: Network, states: tuple[int, ...], start: int, end: int
) -> list[tuple[int, ...]]:
    """Return sequences that close every gap, likely ones first.

    Yen's algorithm over (position in the list, part), by km between middles of
    parts; at the position of a gap any part may be passed before the next state.
    """
    count = len(network.part_state)
    open_at = corridor.open_hops(network, states, start, end)
    blocks = [_inserting(network, position) for position in open_at]
    blocks += [
        _advancing(network, states, position, end)
        for position in range(len(states) - 1)
    ]
    rows, columns, km = (np.concatenate(each) for each in zip(*blocks, strict=True))
    # yen takes 32-bit indices only.
    pairs = (rows.astype(np.int32), columns.astype(np.int32))
    graph = csr_array((km, pairs), shape=(count * len(states),) * 2)
    goal = (len(states) - 1) * count + end
    _, before = yen(graph, start, goal, CANDIDATES, return_predecessors=True)
    found = (_states_of(network, row, goal) for row in before)
    return list(dict.fromkeys(found))


def _inserting(network: Network, position: int) -> tuple[Ints, Ints, Floats]:
    a, b = np.nonzero(network.part_touch)
    shift = position * len(network.part_state)
    return a + shift, b + shift, network.part_km[a, b] + INSERTED_KM


def _advancing(
    network: Network, states: tuple[int, ...], position: int, end: int
) -> tuple[Ints, Ints, Floats]:
    into = corridor.allowed(network, states, position + 1, end)
    a, b = np.nonzero(network.part_touch & into)
    count = len(network.part_state)
    return a + position * count, b + (position + 1) * count, network.part_km[a, b]


def _states_of(
    network: Network, before: NDArray[np.int32], goal: int
) -> tuple[int, ...]:
    trail = [goal]
    while (previous := int(before[trail[-1]])) >= 0:
        trail.append(previous)
    codes = network.part_state[np.array(trail[::-1]) % len(network.part_state)]
    return tuple(codes.tolist())

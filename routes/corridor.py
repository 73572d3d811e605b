"""A declared list of route states, checked hop by hop (pure).

A node is a part: the districts of one state that hang together by land. So the four
parts of Puducherry or the three of Dadra and Nagar Haveli and Daman and Diu do not
join the states around them.
"""

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from routes.network import Network


def sequence(
    states: Iterable[int], *, origin: int, destination: int
) -> tuple[int, ...]:
    """Return declared states with the ends added where missing, repeats merged."""
    listed = [*states]
    if not listed or listed[0] != origin:
        listed.insert(0, origin)
    if listed[-1] != destination:
        listed.append(destination)
    return tuple(state for state, _ in groupby(listed))


@lru_cache(maxsize=8192)
def open_hops(
    network: Network, states: tuple[int, ...], start: int, end: int
) -> tuple[int, ...]:
    """Return the positions in a sequence after which the next state is not touched.

    Args:
        network: the network that holds the parts.
        states: LGD state codes.
        start: the part that holds the origin district.
        end: the part that holds the destination district.
    """
    found = []
    reached = only(network, start)
    for position in range(len(states) - 1):
        there_only = allowed(network, states, position + 1, end)
        there = network.part_touch[reached].any(axis=0) & there_only
        if not there.any():
            found.append(position)
            there = there_only
        reached = there
    return tuple(found)


def only(network: Network, part: int) -> NDArray[np.bool_]:
    """Return the mask of one part."""
    return np.equal(np.arange(len(network.part_state)), part)


def allowed(
    network: Network, states: tuple[int, ...], position: int, end: int
) -> NDArray[np.bool_]:
    """Return the parts that may stand at a position; at the last, ``end`` only."""
    if position == len(states) - 1:
        return only(network, end)
    return np.equal(network.part_state, states[position])

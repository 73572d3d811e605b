"""The shortest way that keeps to a declared sequence of states (pure).

A node is (position in the sequence, district of the state there), so that a state
may come twice and the order is kept.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routes.contact import Ints
from routes.earth import Floats, km_between
from routes.network import Network

# Across a gap the line is straight. It costs this many times its length, so that the
# gap is crossed where it is narrow and the rest keeps to the districts.
GAP_FACTOR = 3.0


class Sequence(NamedTuple):
    """States in order, and the positions after which a gap is crossed."""

    states: tuple[int, ...]
    open_at: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """The graph of one sequence.

    Attributes:
        district: district index of each node.
        starts: first node of each position, and the number of nodes.
        graph: directed costs in km.
    """

    district: Ints
    starts: Ints
    graph: csr_array

    def node(self, position: int, district: int) -> int:
        """Return the node of a district at a position of the sequence."""
        begin, end = self.starts[position], self.starts[position + 1]
        return int(begin + np.searchsorted(self.district[begin:end], district))


def way(
    network: Network, sequence: Sequence, *, origin: int, destination: int
) -> tuple[int, ...]:
    """Return the district indices of the shortest way through a sequence.

    There is one, as hops that do not touch are in ``sequence.open_at``.
    """
    layers = layered(network, sequence)
    before = _previous(network, sequence, origin)
    at = layers.node(len(sequence.states) - 1, destination)
    trail = [at]
    while (at := before[at]) >= 0:
        trail.append(at)
    return tuple(layers.district[trail[::-1]].tolist())


@lru_cache(maxsize=4096)
def _previous(network: Network, sequence: Sequence, origin: int) -> list[int]:
    layers = layered(network, sequence)
    start = layers.node(0, origin)
    _, previous = dijkstra(layers.graph, indices=[start], return_predecessors=True)
    before: list[int] = previous[0].tolist()
    return before


@lru_cache(maxsize=512)
def layered(network: Network, sequence: Sequence) -> Layers:
    """Return the graph of a sequence."""
    within = [np.flatnonzero(network.states == state) for state in sequence.states]
    starts = np.concatenate([[0], np.cumsum([len(each) for each in within])])
    blocks = []
    for position, here in enumerate(within):
        blocks.append(_hops(network, (here, here), starts[[position, position]]))
        if position + 1 < len(within):
            ends = (here, within[position + 1])
            hop = _gap if position in sequence.open_at else _hops
            blocks.append(hop(network, ends, starts[position : position + 2]))
    rows, columns, km = (np.concatenate(each) for each in zip(*blocks, strict=True))
    size = int(starts[-1])
    graph = csr_array((km, (rows, columns)), shape=(size, size))
    return Layers(np.concatenate(within), starts, graph)


def _hops(
    network: Network, ends: tuple[Ints, Ints], starts: Ints
) -> tuple[Ints, Ints, Floats]:
    contact = network.hop[np.ix_(*ends)]
    a, b = np.nonzero(contact >= 0)
    return a + starts[0], b + starts[1], network.weight[contact[a, b]]


def _gap(
    network: Network, ends: tuple[Ints, Ints], starts: Ints
) -> tuple[Ints, Ints, Floats]:
    a, b = np.indices((len(ends[0]), len(ends[1]))).reshape(2, -1)
    # A district may leap to itself where a state is named twice (its parts apart).
    km = km_between(network.points[ends[0][a]], network.points[ends[1][b]])
    return a + starts[0], b + starts[1], GAP_FACTOR * km + 1.0

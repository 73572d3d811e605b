"""The shortest way along loaded lines, kept to the states of a route (pure)."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routes.contact import Ints
from routes.earth import Floats, km_between
from routes.journey import Planned
from routes.line_graph import LineGraph
from routes.network import Network

# Lines clip corners of other states. Such km cost this much more, and a way of which
# more than this share lies outside the states of its route is not that route's way.
OUTSIDE_FACTOR = 20.0
OUTSIDE_SHARE = 0.05


def line_ways(
    graph: LineGraph, network: Network, planned: Sequence[Planned]
) -> Iterator[tuple[int, shapely.LineString, float]]:
    """Give the position, the line and its km for each route that lines can carry.

    Both ends must lie near one connected system of lines. Routes with a gap, over
    water, or within one district stay schematic.
    """
    by_states: dict[frozenset[int], list[int]] = defaultdict(list)
    for i, each in enumerate(planned):
        if not (each.has_gap or each.by_sea_or_air or each.origin == each.destination):
            by_states[frozenset(each.states)].append(i)
    for states, members in by_states.items():
        yield from _in_states(graph, network, (states, members), planned)


def _in_states(
    graph: LineGraph,
    network: Network,
    group: tuple[frozenset[int], list[int]],
    planned: Sequence[Planned],
) -> Iterator[tuple[int, shapely.LineString, float]]:
    states, members = group
    inside = graph.state_km[:, sorted(states)].sum(axis=1)
    outside = graph.state_km.sum(axis=1) - inside
    best = _best_pieces(graph, inside + OUTSIDE_FACTOR * outside)
    origins = network.index(np.array([planned[i].origin for i in members]))
    ends = network.index(np.array([planned[i].destination for i in members]))
    boarding = _boarding(graph, origins, ends)
    starts, row = np.unique(boarding[:, 0].clip(min=0), return_inverse=True)
    _, before = dijkstra(
        best[0], directed=False, indices=starts, return_predecessors=True
    )
    for i, (start, end), here, origin, destination in zip(
        members, boarding.tolist(), row.tolist(), origins, ends, strict=True
    ):
        if start < 0 or start == end or before[here, end] < 0:
            continue
        pieces = _trail(before[here], end, best[1])
        if not _keeps_to(graph.state_km[pieces].sum(axis=0), states):
            continue
        line = _vertices(graph, pieces, start)
        whole = np.vstack([network.points[origin], line, network.points[destination]])
        km = float(km_between(whole[:-1], whole[1:]).sum())
        yield i, shapely.LineString(whole), km


def _keeps_to(state_km: Floats, states: frozenset[int]) -> bool:
    """Return whether a way passes every state of a route, and hardly any other."""
    inside = state_km[sorted(states)]
    allowed = (1 - OUTSIDE_SHARE) * state_km.sum()
    return bool((inside > 0).all() and inside.sum() >= allowed)


def _best_pieces(
    graph: LineGraph, cost: Floats
) -> tuple[csr_array, dict[tuple[int, int], int]]:
    """Return the graph of the cheapest piece between two junctions, and which it is."""
    pairs = np.sort(graph.ends, axis=1)
    order = np.lexsort((cost, pairs[:, 1], pairs[:, 0]))
    order = order[pairs[order, 0] != pairs[order, 1]]
    _, first = np.unique(pairs[order], axis=0, return_index=True)
    chosen = order[first]
    shape = (graph.junctions, graph.junctions)
    # A piece of no length would vanish from a sparse graph.
    costs = np.maximum(cost[chosen], 1e-9)
    ends = pairs[chosen].astype(np.int32)
    which = dict(zip(map(tuple, ends.tolist()), chosen.tolist(), strict=True))
    return csr_array((costs, (ends[:, 0], ends[:, 1])), shape=shape), which


def _boarding(graph: LineGraph, origins: Ints, ends: Ints) -> Ints:
    """Return the junctions to board and alight at, or -1: longest system first."""
    found = np.full((len(origins), 2), -1, dtype=np.int64)
    for access in graph.access[::-1]:
        both = np.column_stack([access[origins], access[ends]])
        served = (both >= 0).all(axis=1)
        found[served] = both[served]
    return found


def _trail(before: Ints, end: int, which: dict[tuple[int, int], int]) -> Ints:
    """Return the pieces from the start of a row of predecessors to ``end``."""
    junctions = [end]
    while (previous := int(before[junctions[-1]])) >= 0:
        junctions.append(previous)
    hops = pairwise(junctions[::-1])
    return np.array([which[min(a, b), max(a, b)] for a, b in hops], dtype=np.int64)


def _vertices(graph: LineGraph, pieces: Ints, start: int) -> Floats:
    """Return the vertices along pieces, each turned to follow the one before."""
    at = start
    runs = []
    for piece in pieces.tolist():
        run = graph.chain[graph.offsets[piece] : graph.offsets[piece + 1]]
        forward = graph.ends[piece, 0] == at
        runs.append(run if forward else run[::-1])
        at = int(graph.ends[piece, 1 if forward else 0])
    chain = np.concatenate(runs)
    kept = np.append(True, chain[1:] != chain[:-1])
    along: Floats = graph.vertices[chain[kept]]
    return along

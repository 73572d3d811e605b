"""Walking back through predecessors, many ways at once."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from routes.ways import walked

SIZE = 8
EDGES = st.sets(
    st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)).filter(
        lambda pair: pair[0] < pair[1]
    )
)


@given(EDGES, st.randoms(use_true_random=False))
def test_every_way_starts_and_ends_right_and_costs_what_dijkstra_says(edges, random):
    chain = {(i, i + 1) for i in range(SIZE - 1)}  # so that everything is reached
    pairs = sorted(edges | chain)
    costs = [random.randint(1, 9) for _ in pairs]
    a, b = np.array(pairs).T
    graph = coo_array((costs, (a, b)), shape=(SIZE, SIZE)).tocsr()
    total, previous = dijkstra(graph, directed=False, return_predecessors=True)
    origins, ends = np.indices((SIZE, SIZE)).reshape(2, -1)
    ways = walked(previous, origins, origins, ends).tuples()
    cost = dict(zip(pairs, costs, strict=True))
    for origin, end, way in zip(origins, ends, ways, strict=True):
        assert (way[0], way[-1]) == (origin, end)
        hops = [tuple(sorted(hop)) for hop in pairwise(way)]
        assert sum(cost[hop] for hop in hops) == total[origin, end]


def test_equal_neighbours_are_merged_along_a_way_but_not_between_ways():
    previous = np.array([[-9, 0, 1], [1, -9, 1], [1, 2, -9]])
    ways = walked(previous, *np.array([[0, 0, 2], [0, 0, 2], [2, 1, 2]]))
    states = np.array([5, 5, 6])
    assert ways.tuples() == [(0, 1, 2), (0, 1), (2,)]
    assert ways.along(states).tuples() == [(5, 6), (5,), (6,)]

"""The index of FlatGeobuf: a search in it is a search through all boxes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.packed_tree import NODE, NODE_SIZE, tree

NOWHERE = (np.nan,) * 4
side = st.integers(-20, 20)
boxes = st.tuples(side, side, st.integers(0, 9), st.integers(0, 9)).map(
    lambda box: (box[0], box[1], box[0] + box[2], box[1] + box[3])
)


def met(low, high, asked) -> bool:
    west, south, east, north = asked
    return low[0] <= east and low[1] <= north and high[0] >= west and high[1] >= south


def levels(count) -> list[int]:
    """Where each level ends in the file, the root's first."""
    counts = [count]
    while len(counts) == 1 or counts[0] > 1:
        counts.insert(0, -(-counts[0] // NODE_SIZE))
    return list(np.cumsum(counts))


def searched(body, count, asked) -> set[int]:
    """The bytes at which features begin whose boxes meet one, by the tree."""
    nodes = np.frombuffer(body, NODE)
    ends = levels(count)
    assert ends[-1] == len(nodes)
    found, waiting = set(), [(0, 0)]
    while waiting:
        at, level = waiting.pop()
        node = nodes[at]
        if not met(node["low"], node["high"], asked):
            continue
        if level == len(ends) - 1:
            found.add(int(node["at"]))
            continue
        first = int(node["at"])
        last = min(first + NODE_SIZE, ends[level + 1])
        waiting += [(child, level + 1) for child in range(first, last)]
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(boxes, st.just(NOWHERE)), min_size=1, max_size=600), boxes)
def test_a_search_finds_what_meets_a_box_and_nothing_without_a_place(made, asked):
    begins = np.arange(len(made)) * 7
    body = tree(np.array(made, dtype=float), begins)
    expected = {
        at * 7
        for at, box in enumerate(made)
        if box is not NOWHERE and met(box[:2], box[2:], asked)
    }
    assert searched(body, len(made), asked) == expected


@pytest.mark.parametrize(("features", "nodes"), [(0, 0), (1, 2), (16, 17), (17, 20)])
def test_it_is_as_large_as_the_format_says(features, nodes):
    body = tree(np.zeros((features, 4)), np.arange(features))
    assert len(body) == 40 * nodes

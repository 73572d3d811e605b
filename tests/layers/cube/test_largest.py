"""The largest of many are those that sorting them all puts first."""

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from layers.cube.largest import largest

MANY = settings(max_examples=150, deadline=None)
# Few different counts, so that there are ties; and some as large as can be.
COUNTS = st.lists(
    st.sampled_from((-(2**31) + 1, -900, -3, -1, 0, 1, 2, 3, 900, 2**31 - 1)),
    max_size=300,
)


def by_sorting(people: np.ndarray, k: int, first, second) -> list[int]:
    order = sorted(
        np.flatnonzero(people).tolist(),
        key=lambda at: (-abs(int(people[at])), first[at], second[at]),
    )
    return order[:k]


def codes(seed: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of codes, each pair once, in no order."""
    order = np.random.default_rng(seed).permutation(size)
    return order % 20, order // 20


@MANY
@example(people=[], k=1, seed=0)
@example(people=[0] * 40, k=3, seed=0)
@example(people=[5] * 300, k=299, seed=1)
@given(people=COUNTS, k=st.integers(1, 400), seed=st.integers(0, 9))
def test_the_largest_are_those_that_sorting_gives(people, k, seed):
    counts = np.array(people, dtype=np.int32)
    first, second = codes(seed, len(counts))
    found = largest(counts, k, first=first, second=second).tolist()
    assert found == by_sorting(counts, k, first, second)


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 999),
    k=st.sampled_from((1, 15, 16, 17, 1000, 20_000)),
    tail=st.sampled_from((0.4, 1.5, 6.0)),
    dtype=st.sampled_from((np.int32, np.int64)),
)
def test_a_sample_that_errs_makes_no_difference(seed, k, tail, dtype):
    # As uneven as flows are: the sample sees few of the large ones, or too many.
    drawn = np.random.default_rng(seed)
    people = np.minimum(drawn.pareto(tail, 30_000), 1e6).astype(dtype)
    people[:: drawn.integers(1, 17)] *= -1
    people[::16] = drawn.choice((0, 10**6))
    first, second = codes(seed, len(people))
    found = largest(people, k, first=first, second=second).tolist()
    assert found == by_sorting(people, k, first, second)

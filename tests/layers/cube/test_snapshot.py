"""A base with deltas on top is the cube built whole, and both are the rows added up."""

from collections import Counter

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from layers.cube.base import base
from layers.cube.built import arrays
from layers.cube.cells import CELLS, LIVE
from layers.cube.rows import Later, Rows
from layers.cube.snapshot import Snapshot, begun, grown

MANY = settings(max_examples=120, deadline=None)
# Nodes as (state, code): 500 moved from one state to another, so it is two.
NODES = ((1, 100), (1, 101), (2, 200), (2, 500), (3, 500), (3, 300))
DAYS = (7_300, 7_301, 7_302, 7_340, 7_402)
# The ends of what counts by default, one within, and two that are cancelled.
SOME_CELLS = (0, 7, LIVE - 1, LIVE, CELLS - 1)
CHANGE = st.tuples(
    st.sampled_from(NODES),
    st.sampled_from(NODES),
    st.sampled_from(DAYS),
    st.sampled_from(SOME_CELLS),
    st.integers(-9, 9),
)
# The days, and the days beside them.
NEAR = st.sampled_from(DAYS).flatmap(lambda day: st.integers(day - 1, day + 1))
BATCHES = st.lists(st.lists(CHANGE, max_size=12), max_size=5)
ASKED = st.one_of(
    st.none(),
    st.sets(st.sampled_from(SOME_CELLS)).map(
        lambda some: np.isin(np.arange(CELLS), list(some))
    ),
    # All that count but one: quicker as a difference.
    st.sampled_from(SOME_CELLS[:3]).map(
        lambda but: (np.arange(CELLS) < LIVE) & (np.arange(CELLS) != but)
    ),
)


def possible(changes, standing: Counter) -> Counter:
    """The changes of one batch, none of them taking away more than there is."""
    done: Counter = Counter()
    for *key, n in changes:
        at = tuple(key)
        done[at] += max(n, -standing[at] - done[at])
    return done


def rows_of(changes: Counter) -> Rows:
    def column(get, dtype):
        return np.array([get(key) for key in changes], dtype=dtype)

    return Rows(
        origin=column(lambda key: key[0][1], np.int16),
        destination=column(lambda key: key[1][1], np.int16),
        origin_state=column(lambda key: key[0][0], np.int16),
        destination_state=column(lambda key: key[1][0], np.int16),
        cell=column(lambda key: key[3], np.uint8),
        day=column(lambda key: key[2], np.int16),
        n=np.array(list(changes.values()), dtype=np.int32),
    )


def whole(standing: Counter, version: int) -> Snapshot:
    made, first_day = arrays(rows_of(standing))
    return begun(base(made, version=version, epoch=1, first_day=first_day))


def by_pair(cube: Snapshot, counts) -> Counter:
    pairs = cube.pairs
    nodes = list(zip(pairs.state.tolist(), pairs.code.tolist(), strict=True))
    ends = zip(pairs.origin.tolist(), pairs.destination.tolist(), strict=True)
    found = [(nodes[o], nodes[d]) for o, d in ends]
    assert len(set(found)) == len(found)
    return +Counter(dict(zip(found, counts.tolist(), strict=True)))


def counts_by_default(cell: int, cells) -> bool:
    return cell < LIVE if cells is None else bool(cells[cell])


@MANY
@example(first=[], batches=[], start=7_300, end=7_300, cells=None)
@example(
    first=[(NODES[0], NODES[1], 7_302, 0, 5)],
    batches=[
        [(NODES[0], NODES[1], 7_302, 0, -5)],
        [(NODES[3], NODES[4], 7_300, 0, 3)],
        [(NODES[3], NODES[4], 7_402, LIVE, 4), (NODES[0], NODES[1], 7_302, 0, 1)],
    ],
    start=7_300,
    end=7_402,
    cells=None,
)
@given(
    first=st.lists(CHANGE, max_size=25),
    batches=BATCHES,
    start=NEAR,
    end=NEAR,
    cells=ASKED,
)
def test_a_grown_cube_is_the_cube_built_whole(*, first, batches, start, end, cells):
    standing = possible(first, Counter())
    cube = whole(standing, 1)
    for version, batch in enumerate(batches, 2):
        done = possible(batch, standing)
        standing.update(done)
        cube = grown(cube, Later(version, 1, 0, rows_of(done)))
    assert cube.version == 1 + len(batches)
    start, last = sorted((start, end))
    truth: Counter = Counter()
    days: Counter = Counter()
    for (origin, destination, day, cell), n in standing.items():
        if counts_by_default(cell, cells):
            days[day] += n
            if start <= day <= last:
                truth[origin, destination] += n
    for each in (cube, whole(standing, 9)):
        assert by_pair(each, each.window(start, last, cells)) == +truth
        everyone = np.ones(len(each.pairs), dtype=bool)
        begin, people = each.by_day(everyone, cells)
        assert +Counter({begin + at: n for at, n in enumerate(people.tolist())}) == (
            +days
        )
        travelled = sorted(+days)
        extent = (travelled[0], travelled[-1]) if travelled else None
        assert each.extent(everyone, cells) == extent


@MANY
@given(first=st.lists(CHANGE, max_size=25), batch=st.lists(CHANGE, max_size=9))
def test_what_was_read_before_stays_as_it_was(first, batch):
    standing = possible(first, Counter())
    before = whole(standing, 1)
    window = 7_300, 7_402, None
    counts = before.window(*window)
    grown(before, Later(2, 1, 0, rows_of(possible(batch, standing))))
    assert before.window(*window).tolist() == counts.tolist()
    assert before.version == 1


def test_a_version_without_deltas_is_only_a_later_version():
    cube = whole(possible([(NODES[0], NODES[1], 7_300, 0, 5)], Counter()), 1)
    later = grown(cube, Later(4, 1, 0, rows_of(Counter())))
    assert (later.version, later.pairs) == (4, cube.pairs)


def test_known_pairs_keep_what_was_selected_of_them():
    cube = whole(possible([(NODES[0], NODES[1], 7_300, 0, 5)], Counter()), 1)
    known = Counter({(NODES[0], NODES[1], 7_301, 0): 2})
    new = Counter({(NODES[1], NODES[0], 7_301, 0): 2})
    assert grown(cube, Later(2, 1, 0, rows_of(known))).pairs is cube.pairs
    assert grown(cube, Later(2, 1, 0, rows_of(new))).pairs is not cube.pairs

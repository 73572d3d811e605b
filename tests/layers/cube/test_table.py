"""Any window of a table is what adding its rows up gives."""

import numpy as np
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from layers.cube.table import Table, tabulated

MANY = settings(max_examples=150, deadline=None)
SLOTS = 7
# Days with gaps between them; of several rows in one slot and day the sum counts.
ROWS = st.lists(
    st.tuples(
        st.integers(0, SLOTS - 1),
        st.sampled_from((0, 1, 2, 3, 5, 8, 30, 31)),
        st.integers(-3, 9),
    ),
    max_size=60,
)


def table_of(rows, *, slots: int, spacing: float, days: int = 32) -> Table:
    slot, day, n = (
        np.array([row[at] for row in rows], dtype=np.int32) for at in range(3)
    )
    return Table(**tabulated(slot, day, n, slots=slots, days=days, spacing=spacing))


def added_up(rows, first: int, last: int, *, slots: int) -> list[int]:
    people = [0] * slots
    for slot, day, n in rows:
        if first <= day <= last:
            people[slot] += n
    return people


@MANY
@example(rows=[], spacing=0.25, first=0, last=0, lo=0, hi=SLOTS)
@example(rows=[(0, 0, 1)] * 3, spacing=0.0, first=31, last=0, lo=3, hi=3)
@given(
    rows=ROWS,
    # A check after every day with rows, after some, and none at all.
    spacing=st.sampled_from((0.0, 0.3, 1.0, 3.0, 99.0)),
    first=st.integers(-5, 40),
    last=st.integers(-5, 40),
    lo=st.integers(0, SLOTS),
    hi=st.integers(0, SLOTS),
)
def test_a_window_is_the_sum_of_its_rows(*, rows, spacing, first, last, lo, hi):
    lo, hi = min(lo, hi), max(lo, hi)
    table = table_of(rows, slots=SLOTS, spacing=spacing)
    event(f"{min(len(table.check_day), 3)} checks or more")
    found = table.window(first, last, lo=lo, hi=hi)
    assert found.dtype == np.int32
    assert found.tolist() == added_up(rows, first, last, slots=SLOTS)[lo:hi]


@MANY
@given(rows=ROWS, spacing=st.sampled_from((0.0, 0.5)), wanted=st.integers(0, 127))
def test_each_day_is_the_sum_of_its_rows(rows, spacing, wanted):
    table = table_of(rows, slots=SLOTS, spacing=spacing)
    mask = np.array([wanted >> slot & 1 for slot in range(SLOTS)], dtype=bool)
    asked = [row for row in rows if mask[row[0]]]
    truth = [sum(added_up(asked, day, day, slots=SLOTS)) for day in range(32)]
    assert table.by_day(mask).tolist() == truth
    assert [table.on_day(day, mask) for day in range(32)] == truth


def test_a_window_far_from_every_check_and_one_beside_a_later_check_are_equal():
    # Every slot moves on each day but the day before the check is much smaller, so
    # that the nearest check lies after the day and rows are taken away again.
    rows = [(slot, day, day + 1) for day in range(32) for slot in range(SLOTS)]
    table = table_of(rows, slots=SLOTS, spacing=4.0)
    assert 1 < len(table.check_day) < 10
    for first in range(32):
        for last in range(first, 32):
            found = table.window(first, last, lo=0, hi=SLOTS).tolist()
            assert found == added_up(rows, first, last, slots=SLOTS)


def test_no_slot_stands_twice_in_a_day_and_nothing_stands_with_nobody():
    table = table_of([(3, 1, 5), (3, 1, -5), (2, 1, 4), (2, 1, 1)], slots=4, spacing=1)
    assert (table.slot.tolist(), table.n.tolist()) == ([2], [5])


def test_a_table_without_slots_answers_with_nothing():
    table = table_of([], slots=0, spacing=0.25, days=0)
    assert table.days == 0
    assert table.window(0, 10, lo=0, hi=0).tolist() == []
    assert table.by_day(np.array([], dtype=bool)).tolist() == []


def test_what_a_window_gives_may_be_changed_without_changing_the_table():
    rows = [(slot, day, 1) for day in range(32) for slot in range(SLOTS)]
    table = table_of(rows, slots=SLOTS, spacing=0.0)
    table.window(0, 31, lo=0, hi=SLOTS)[:] = 0
    table.window(0, 0, lo=0, hi=SLOTS)[:] = 0
    assert table.window(0, 31, lo=0, hi=SLOTS).tolist() == [32] * SLOTS

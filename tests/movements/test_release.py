"""The protected release: every journey once, nothing small, nothing given away."""

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from movements.release import check
from movements.release.check import FEWEST, HI, LO, Release, checked, narrowed
from movements.release.draw import ONE, ReleaseKey, drawn, rounded
from movements.release.levels import BASE, CATEGORIES, FLOWS, LEAST, MOST
from movements.release.partition import Atoms, partition

KEY = ReleaseKey("test", bytes(range(32)))
MONDAY = date(2020, 5, 4)
CATEGORY_NAMES = ("labour", "student", "pilgrim")
MANY = settings(max_examples=60, deadline=None)

SCHEMA = {
    "week": pl.Date,
    "day": pl.Date,
    "mode": pl.String,
    "category": pl.String,
    "origin_state": pl.Int16,
    "origin": pl.Int16,
    "destination_state": pl.Int16,
    "destination": pl.Int16,
    "n": pl.Int64,
}
ROWS = st.lists(
    st.tuples(
        st.integers(0, 13),  # day
        st.sampled_from(("train", "bus")),
        st.sampled_from(CATEGORY_NAMES),
        st.integers(1, 4),  # origin
        st.integers(1, 4),  # destination
        st.one_of(st.integers(1, 18), st.integers(1, 400)),
    ),
    max_size=60,
)


def frame(rows) -> pl.DataFrame:
    """Districts 1 and 2 are in state 1, 3 and 4 in state 2."""
    made = []
    for by, mode, category, origin, destination, n in rows:
        day = MONDAY + timedelta(days=by)
        week = day - timedelta(days=day.weekday())
        states = (origin + 1) // 2, (destination + 1) // 2
        made.append(
            (week, day, mode, category, states[0], origin, states[1], destination, n)
        )
    return pl.DataFrame(made, schema=SCHEMA, orient="row")


def people(made) -> int:
    return sum(int(each.rows["people"].sum()) for each in made)


@given(ROWS)
@MANY
def test_every_journey_is_in_one_atom_or_among_few_of_its_week(rows):
    counts = frame(rows)
    weeks = counts["week"].n_unique()
    for levels, kinds in ((FLOWS, 1), (CATEGORIES, len(CATEGORY_NAMES))):
        left = int(counts["n"].sum()) - people(partition(counts, levels, key=KEY))
        assert 0 <= left < MOST * max(weeks, 1) * kinds


@given(ROWS)
@MANY
def test_what_is_shown_stands_for_six_or_more_and_is_at_most_ten_away(rows):
    for atoms in partition(frame(rows), FLOWS, key=KEY):
        assert (atoms.rows["people"] >= LEAST).all()
        assert (atoms.rows["n"] % BASE == 0).all()
        assert ((atoms.rows["n"] - atoms.rows["people"]).abs() < BASE).all()


@given(ROWS)
@MANY
def test_an_atom_of_a_level_was_below_its_threshold_at_the_finer_ones(rows):
    counts = frame(rows)
    fine, *_ = made = partition(counts, FLOWS, key=KEY)
    names = fine.level.by
    cells = counts.group_by(names).agg(pl.col("n").sum()).sort(names)
    thresholds, _ = drawn(KEY, fine.level, cells, counters=zeros(cells.height))
    reached = cells.filter(pl.Series(cells["n"].to_numpy() >= thresholds))
    assert reached.select(names).equals(fine.rows.select(names))
    assert people(made[1:]) <= int(cells["n"].sum()) - int(reached["n"].sum())


def zeros(n: int):
    return np.zeros(n, dtype=np.int64)


@given(ROWS, ROWS)
@MANY
def test_an_atom_is_drawn_by_itself_whatever_else_there_is(rows, others):
    alone, beside = (
        frame(rows),
        frame(rows + [(*row[:3], 4, *row[4:]) for row in others]),
    )
    for level, one, both in zip(
        FLOWS[:1],
        partition(alone, FLOWS, key=KEY),
        partition(beside, FLOWS, key=KEY),
        strict=False,
    ):
        same = one.rows.join(both.rows, on=[*level.by, "people"], how="inner")
        assert same["n"].equals(same["n_right"])


def test_roundings_are_even_and_thresholds_are_all_drawn():
    days = [MONDAY + timedelta(days=by) for by in range(20_000)]
    rows = pl.DataFrame({"week": days})
    thresholds, roundings = drawn(KEY, FLOWS[-1], rows, counters=zeros(len(days)))
    assert set(thresholds.tolist()) == set(range(LEAST, MOST + 1))
    assert max(Counter(thresholds.tolist()).values()) < 1.15 * len(days) / 11
    for count in (6, 9, 17, 33, 40):
        found = rounded(np.full(len(days), count), roundings)
        assert abs(float(found.mean()) - count) < 0.15, count
        assert set(found.tolist()) <= {
            count - count % BASE,
            count - count % BASE + BASE,
        }


@given(st.integers(0, 10_000), st.integers(0, ONE - 1))
@MANY
def test_rounding_is_the_formula_in_whole_numbers(count, rounding):
    expected = BASE * ((Fraction(count, BASE) + Fraction(rounding, ONE)).__floor__())
    assert rounded(np.array([count]), np.array([rounding])).tolist() == [expected]


def test_another_key_another_draw_the_same_key_the_same():
    counts = frame([(0, "train", "labour", 1, 3, n) for n in range(6, 60)])
    one = partition(counts, FLOWS, key=KEY)
    again = partition(counts.sample(fraction=1, shuffle=True, seed=1), FLOWS, key=KEY)
    assert all(a.rows.equals(b.rows) for a, b in zip(one, again, strict=True))
    rows = pl.DataFrame({"week": [MONDAY + timedelta(days=by) for by in range(64)]})
    other = ReleaseKey("other", KEY.secret)
    draws = [drawn(key, FLOWS[-1], rows, counters=zeros(64)) for key in (KEY, other)]
    assert not np.array_equal(draws[0][1], draws[1][1])


def test_a_key_shows_no_secret():
    assert KEY.secret.hex() not in repr(KEY)
    assert repr(KEY) == "ReleaseKey('test', ...)"


@given(ROWS)
@MANY
def test_every_published_atom_keeps_five_counts_and_its_own(rows):
    made = checked(frame(rows), key=KEY)
    found = narrowed(made)
    for each in (*made.flows, *made.categories):
        rows_of = found[each.level.name]
        assert (rows_of[HI] - rows_of[LO] + 1 >= FEWEST).all()
        true = each.shown.join(rows_of, on=each.level.by)
        assert (true["people"] >= true[LO]).all()
        assert (true["people"] <= true[HI]).all()


FLOWS_OF_FIVE = 50


def given_away() -> Release:
    """Flows, and five categories that leave them little room."""
    empty = checked(frame([]), key=KEY)
    told = {"week": MONDAY, "people": 6, "n": 11, "counter": 0, "origin_state": 1}
    flows = [
        told
        | {"day": MONDAY, "origin": 1, "destination_state": 2, "mode": "train"}
        | {"destination": at}
        for at in range(FLOWS_OF_FIVE)
    ]
    # These flows are of 300 journeys at least, five categories of 325 at most.
    kinds = [told | {"category": str(at), "people": 36, "n": 33} for at in range(5)]
    return Release(
        (like(empty.flows[0], flows), *empty.flows[1:]),
        (like(empty.categories[0], kinds),),
    )


def like(atoms: Atoms, rows) -> Atoms:
    made = pl.DataFrame(rows).select(atoms.rows.columns).cast(dict(atoms.rows.schema))
    return Atoms(atoms.level, made)


def test_categories_that_leave_flows_no_room_are_noticed():
    found = narrowed(given_away())
    assert found["district"][LO].to_list() == [6] * FLOWS_OF_FIVE
    assert found["district"][HI].max() == 21, "325 - 49 * 6 is more"
    tight = given_away()
    # One of them drawn to nothing stands for 32 at most.
    fewer = tight.categories[0].rows.head(4)
    made = Release(tight.flows, (Atoms(CATEGORIES[0], fewer),))
    found = narrowed(made)
    most = 4 * (33 + 32) + 32
    assert most - (FLOWS_OF_FIVE - 1) * LEAST < LEAST, "no room is left at all"
    assert found["district"][HI].max() == most - (FLOWS_OF_FIVE - 1) * LEAST
    assert found["category_of_state"][LO].min() == FLOWS_OF_FIVE * LEAST - 3 * 65 - 32


def test_what_is_given_away_is_drawn_again(monkeypatch):
    counts = frame([(0, "train", "labour", 1, 3, 20), (1, "bus", "student", 1, 4, 30)])
    first = checked(counts, key=KEY)
    asked = []

    def exposed_once(made):
        asked.append(made)
        rows = made.flows[0].rows.select(*FLOWS[0].by, "counter")
        return {"district": rows if len(asked) == 1 else rows.clear()}

    monkeypatch.setattr(check, "_exposed", exposed_once)
    second = checked(counts, key=KEY)
    assert second.flows[0].rows["counter"].to_list() == [1, 1]
    names = list(FLOWS[0].by)
    assert second.flows[0].rows.select(names).equals(first.flows[0].rows.select(names))
    monkeypatch.setattr(
        check,
        "_exposed",
        lambda made: {"district": made.flows[0].rows.select(*names, "counter")},
    )
    with pytest.raises(check.Unpublishable):
        checked(counts, key=KEY)

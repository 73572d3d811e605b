"""The flows between units: everyone is counted once, and what is hidden is said."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boundaries.lookup import gazetteer
from boundaries.scope import COUNTRY, NOTHING, Scope
from layers.errors import BadQuestion
from layers.nodes import nodes
from layers.window import Window
from tests.flow_rows import (
    BIHAR,
    DAY,
    KERALA,
    MAHARASHTRA,
    MUMBAI,
    PUNE,
    add,
    answered,
    flow,
    question,
    two_of,
)

MANY = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
CODES = (MUMBAI, PUNE, 187, 206, 216, 555, 557)
TABLE = st.lists(
    st.tuples(
        st.sampled_from(CODES),
        st.sampled_from(CODES),
        st.integers(1, 3),
        st.sampled_from(("train", "bus")),
        st.sampled_from(("labour", "student")),
        st.integers(1, 500),
    ),
    max_size=25,
    unique_by=lambda row: row[:5],
)


def rows(table):
    return [
        flow(o, d, n, day=date(2020, 5, day), mode=mode, category=category)
        for o, d, day, mode, category, n in table
    ]


def edges(found) -> dict[tuple[int, int], int]:
    pairs = zip(found.origins.tolist(), found.destinations.tolist(), strict=True)
    return dict(zip(pairs, found.people.tolist(), strict=True))


@MANY
@given(
    table=TABLE,
    level=st.sampled_from(("country", "state", "district")),
    first=st.integers(1, 3),
    length=st.integers(0, 2),
    modes=st.sampled_from(((), ("bus",))),
    scope=st.sampled_from((COUNTRY, Scope(frozenset({27})), NOTHING)),
    k=st.integers(1, 6),
)
def test_everyone_asked_is_on_an_edge_within_a_unit_or_hidden(
    *, db, table, level, first, length, modes, scope, k
):
    undo = db.begin_nested()
    add(db, rows(table))
    window = Window(date(2020, 5, first), date(2020, 5, first + length))
    found = answered(
        db, question(db, scope, level=level, window=window, modes=modes, k=k)
    )
    undo.rollback()
    state_of = {code: unit.state_code for code, unit in gazetteer(db).districts.items()}
    unit = {"country": lambda _: 0, "state": state_of.get, "district": int}[level]
    wanted: Counter = Counter()
    for o, d, day, mode, _, n in table:
        seen = scope.states is None or {state_of[o], state_of[d]} & scope.states
        if seen and first <= day <= first + length and (not modes or mode in modes):
            wanted[unit(o), unit(d)] += n
    moving = {pair: n for pair, n in wanted.items() if pair[0] != pair[1]}
    largest = sorted(moving.items(), key=lambda item: (-item[1], item[0]))[:k]
    assert list(edges(found).items()) == largest
    assert found.total == sum(moving.values())
    assert found.internal == sum(wanted.values()) - found.total
    assert found.shown == sum(n for _, n in largest)
    assert found.edges_total == len(moving)
    assert found.totals["in"].sum() == found.totals["out"].sum() == found.total
    assert found.totals["internal"].sum() == found.internal
    assert set(found.codes.tolist()) == {code for pair in wanted for code in pair}


def test_a_negative_correction_takes_people_away(db):
    add(db, [flow(MUMBAI, PUNE, 10), flow(MUMBAI, PUNE, -4, mode="bus")])
    add(db, [flow(PUNE, MUMBAI, 3), flow(PUNE, MUMBAI, -3, category="other")])
    assert edges(answered(db, question(db, COUNTRY))) == {(MUMBAI, PUNE): 6}


def test_the_cancelled_are_not_counted(db):
    add(db, [flow(MUMBAI, PUNE, 10), flow(MUMBAI, PUNE, 99, status="cancelled")])
    add(db, [flow(MUMBAI, PUNE, 5, status="arrived")])
    assert answered(db, question(db, COUNTRY)).total == 15


def test_nothing_at_all_is_an_empty_answer(db):
    found = answered(db, question(db, COUNTRY))
    assert (found.total, found.internal, found.edges_total, found.first) == (
        0,
        0,
        0,
        None,
    )


def test_an_officer_sees_only_flows_that_touch_their_units(db):
    bihar, kerala = two_of(db, BIHAR), two_of(db, KERALA)
    add(
        db,
        [
            flow(MUMBAI, bihar[0], 7),
            flow(kerala[0], PUNE, 5),
            flow(bihar[0], kerala[0], 1000),
        ],
    )
    state = answered(db, question(db, Scope(frozenset({MAHARASHTRA}))))
    assert edges(state) == {(MUMBAI, bihar[0]): 7, (kerala[0], PUNE): 5}
    district = Scope(frozenset({MAHARASHTRA}), frozenset({PUNE}))
    assert edges(answered(db, question(db, district))) == {(kerala[0], PUNE): 5}
    assert answered(db, question(db, district, level="state")).total == 5
    assert answered(db, question(db, NOTHING)).edges_total == 0


def test_direction_is_seen_from_the_unit_else_from_ones_own_units(db):
    there, _ = two_of(db, BIHAR)
    add(db, [flow(MUMBAI, there, 7), flow(there, PUNE, 5), flow(PUNE, PUNE, 2)])
    own = Scope(frozenset({MAHARASHTRA}))
    asked = {
        (direction, unit): answered(
            db, question(db, own, direction=direction, unit=unit)
        ).total
        for direction in ("in", "out", "both")
        for unit in (None, there)
    }
    assert asked == {
        ("in", None): 5,
        ("out", None): 7,
        ("both", None): 12,
        ("in", there): 7,
        ("out", there): 5,
        ("both", there): 12,
    }


def test_a_box_keeps_flows_with_an_end_in_it(db):
    there, _ = two_of(db, KERALA)
    add(db, [flow(MUMBAI, there, 7), flow(MUMBAI, PUNE, 5)])
    south = question(db, COUNTRY, bbox=(74.0, 8.0, 78.0, 13.0))
    assert answered(db, south).total == 7


def test_the_first_and_last_day_are_those_of_the_readers_own_flows(db):
    bihar, kerala = two_of(db, BIHAR)[0], two_of(db, KERALA)[0]
    add(db, [flow(MUMBAI, bihar, 7), flow(bihar, kerala, 1, day=date(2020, 3, 1))])
    found = answered(db, question(db, Scope(frozenset({MAHARASHTRA}))))
    assert (found.first, found.last) == (DAY, DAY)


def test_a_window_beyond_all_journeys_names_no_day_at_its_open_side(db):
    add(db, [flow(MUMBAI, PUNE, 3, day=date(2020, 5, 7))])
    after = Window(first=date(2021, 1, 1))
    found = answered(db, question(db, COUNTRY, window=after))
    assert (found.first, found.last, found.internal) == (after.first, None, 0)
    before = Window(last=date(2020, 1, 1))
    found = answered(db, question(db, COUNTRY, window=before))
    assert (found.first, found.last) == (None, before.last)


def test_a_reversed_window_is_refused_in_words():
    with pytest.raises(BadQuestion, match="2020-05-02/2020-05-01"):
        Window(date(2020, 5, 2), date(2020, 5, 1))


def test_every_unit_has_a_name_and_a_point_inside_india(db):
    for level, count in (("country", 1), ("state", 36), ("district", 734)):
        places = nodes(db, question(db, COUNTRY, level=level), version=1)
        assert len(places) == count
        assert all(
            68 < place.lon < 98 and 6 < place.lat < 38 for place in places.values()
        )

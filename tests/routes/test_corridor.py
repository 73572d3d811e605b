"""Declared route states, checked hop by hop."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routes import corridor
from routes.completion import completions
from routes.errors import RouteGap
from routes.path import Journey, Planned, planned
from routes.plan import plans


def answer(db, journey, **how):
    return planned(db, [journey], **how)[journey]


def test_maharashtra_uttar_pradesh_bihar_is_a_gap_and_madhya_pradesh_closes_it(
    db, net, places
):
    asked = places.journey("Pune", "Patna", "Maharashtra", "Uttar Pradesh", "Bihar")
    gap = answer(db, asked)
    assert isinstance(gap, RouteGap)
    assert gap.states == (27, 9, 10)
    assert gap.gaps == ((27, 9),)
    assert len(gap.completions) == 3
    assert gap.completions[0] == (27, 23, 9, 10)
    assert "27 and 9 do not touch; 27;23;9;10 or" in str(gap)


def test_each_completion_is_accepted_when_declared(db, net, places):
    gap = answer(db, places.journey("Pune", "Patna", "Uttar Pradesh"))
    for states in gap.completions:
        ends = places.district("Pune"), places.district("Patna")
        way = answer(db, Journey("bus", *ends, states))
        assert isinstance(way, Planned)
        assert way.states == states
        assert not way.has_gap


def test_the_officer_may_insist_on_a_gap(db, net, places):
    asked = places.journey("Pune", "Patna", "Uttar Pradesh")
    way = answer(db, asked, accept_gaps=True)
    assert (way.states, way.has_gap, way.declared) == ((27, 9, 10), True, True)


def test_ends_may_be_left_out_of_the_list(db, net, places):
    full = answer(
        db,
        places.journey("Pune", "Patna", "Maharashtra", "Madhya Pradesh", "9", "Bihar"),
    )
    short = answer(db, places.journey("Pune", "Patna", "Madhya Pradesh", "9"))
    assert full == short


def test_puducherry_does_not_join_tamil_nadu_and_kerala(db, net, places):
    gap = answer(db, places.journey("Chennai", "Kozhikode", "Puducherry"))
    assert gap.gaps == ((34, 32),)
    assert all(33 in states[1:-1] for states in gap.completions)


def test_mahe_is_on_the_way_inside_kerala(db, net, places):
    way = answer(db, places.journey("Kannur", "Kozhikode", "Puducherry"))
    assert way.states == (32, 34, 32)
    assert way.declared


def test_from_mahe_to_puducherry_one_leaves_the_territory(db, net, places):
    gap = answer(db, places.journey("Mahe", "Pondicherry", "Puducherry"))
    assert gap.gaps == ((34, 34),)
    assert gap.completions[0] == (34, 32, 33, 34)
    assert answer(db, places.journey("Mahe", "Pondicherry")).states == (34, 32, 33, 34)


def test_diu_is_no_bridge_from_gujarat_to_maharashtra(db, net, places):
    # Dadra and Nagar Haveli touches both; Diu and Daman touch Gujarat only.
    assert answer(db, places.journey("Surat", "Nashik", "38")).states == (24, 38, 27)
    gap = answer(db, places.journey("Diu", "Nashik", "38"))
    assert gap.gaps == ((38, 27),)
    assert gap.completions[0] == (38, 24, 27)


def test_islands_are_reached_by_ship_or_air(db, net, places):
    for origin in ("South Andamans", "Nicobars"):
        way = answer(db, places.journey(origin, "Madurai", "35", "33"))
        assert way.states == (35, 33)
        assert way.by_sea_or_air
    inland = answer(db, places.journey("South Andamans", "Bhopal", "35", "23"))
    assert inland.gaps == ((35, 23),)
    assert not answer(db, places.journey("Madurai", "Bhopal")).by_sea_or_air


@given(st.lists(st.sampled_from(range(1, 38)), max_size=6))
def test_a_sequence_has_both_ends_and_no_repeats(states):
    found = corridor.sequence(states, origin=27, destination=10)
    assert (found[0], found[-1]) == (27, 10)
    assert all(a != b for a, b in pairwise(found))
    kept = iter(found)
    merged = [s for i, s in enumerate(states) if i == 0 or states[i - 1] != s]
    assert all(state in kept for state in merged)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_completions_keep_the_declared_order_and_close_every_gap(net, data):
    part = st.sampled_from(range(len(net.part_state)))
    start, end = data.draw(part), data.draw(part)
    middle = data.draw(
        st.lists(st.sampled_from([*net.part_state.tolist()]), max_size=3)
    )
    ends = int(net.part_state[start]), int(net.part_state[end])
    states = corridor.sequence(middle, origin=ends[0], destination=ends[1])
    if len(states) == 1:
        return
    for full in completions(net, states, start, end):
        assert corridor.open_hops(net, full, start, end) == ()
        kept = iter(full)
        assert all(state in kept for state in states)


def test_planning_asks_nothing_of_journeys_that_are_not_there(net):
    assert [*plans(net, [], accept_gaps=False)] == []


@pytest.mark.parametrize("states", [None, ()])
def test_an_empty_list_declares_nothing(db, net, places, states):
    ends = places.district("Pune"), places.district("Patna")
    assert not answer(db, Journey("bus", *ends, states)).declared

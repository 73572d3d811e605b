"""The district network of the bundled boundaries."""

import csv
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import func, select

from boundaries.errors import UnknownUnit
from boundaries.vintage import active_set
from routes import adjacency, network
from routes.tables import ADJACENCY

ORACLE = Path(__file__).parents[1] / "data" / "state_adjacency.csv"


def state_pairs(net):
    land = ~net.contacts.by_sea
    states = np.column_stack(
        [net.states[net.contacts.a[land]], net.states[net.contacts.b[land]]]
    )
    return {(min(a, b), max(a, b)) for a, b in states.tolist() if a != b}


def test_states_touch_where_another_map_says_so(net):
    # Himachal Pradesh and Uttar Pradesh (2, 9) share less than 3 km in both maps, on
    # the Yamuna west of Uttarakhand; doubtful on the ground, the same in both.
    with ORACLE.open() as file:
        oracle = {
            tuple(sorted((int(row["lgd_a"]), int(row["lgd_b"]))))
            for row in csv.DictReader(file)
        }
    assert len(oracle) == 67
    assert state_pairs(net) == oracle


def test_734_districts_touch_in_2014_pairs_and_all_can_be_reached(net):
    assert len(net.codes) == 734
    assert (~net.contacts.by_sea).sum() == 2014
    assert np.isfinite(net.cost).all()


def test_only_island_districts_need_ship_or_air(net):
    land = network.parts(
        734, net.contacts.a[~net.contacts.by_sea], net.contacts.b[~net.contacts.by_sea]
    )
    islands = land != np.bincount(land).argmax()
    assert set(net.states[islands].tolist()) == {31, 35}
    assert islands.sum() == 4


def test_ships_and_planes_leave_from_coasts_only(net):
    sea = net.contacts.by_sea
    ends = np.concatenate(
        [net.states[net.contacts.a[sea]], net.states[net.contacts.b[sea]]]
    )
    assert {15, 16, 36, 23} & set(ends.tolist()) == set()
    assert {19, 33} <= set(ends.tolist())


def test_islands_are_never_a_short_cut(net):
    mainland = np.flatnonzero(~np.isin(net.states, (31, 35)))
    a, b = np.meshgrid(mainland, mainland)
    assert not net.by_sea(net.ways(a.ravel(), b.ravel())).any()


def test_parts_of_puducherry_and_of_daman_are_apart(net):
    counts = {s: len({*net.part[net.states == s].tolist()}) for s in (34, 38, 35, 27)}
    assert counts == {34: 4, 38: 3, 35: 1, 27: 1}


def test_a_stranger_s_code_is_unknown(net):
    with pytest.raises(UnknownUnit, match="9999"):
        net.index(np.array([490, 9999]))


def test_neighbours_are_mutual(net):
    assert all(
        code in net.neighbours[near]
        for code, others in net.neighbours.items()
        for near in others
    )


def test_stored_contacts_give_the_same_network_as_computed_ones(db, net):
    stored = db.scalar(select(func.count()).select_from(ADJACENCY))
    assert stored == len(net.contacts.a)
    network.forget()
    again = network.network(db)
    assert again is not net
    np.testing.assert_array_equal(again.cost, net.cost)
    np.testing.assert_array_equal(again.previous, net.previous)


def test_filling_anew_replaces_what_was_stored(db, net):
    assert adjacency.fill(db, active_set(db, "district")) == len(net.contacts.a)


def test_a_reader_without_the_right_to_store_computes_in_memory(database, net):
    with database.read.connect() as reading:
        assert len(network.network(reading).codes) == len(net.codes)
        assert not adjacency._may_store(reading)

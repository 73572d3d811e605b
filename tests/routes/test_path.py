"""Routes planned, drawn, stored once and read back."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
import shapely
from pyproj import Geod
from sqlalchemy import func, select

from boundaries.errors import UnknownUnit
from boundaries.scope import COUNTRY, NOTHING, Scope
from routes.drawing import drawn
from routes.errors import RouteGap, UnknownRoute
from routes.path import Journey, Planned, planned, route, store
from routes.tables import CORRIDOR, ROUTE
from routes.way import ways_of

GEOD = Geod(ellps="WGS84")


@pytest.fixture
def some(net):
    """Two hundred journeys between districts drawn by a fixed seed."""
    ends = np.random.default_rng(7).choice(net.codes, (200, 2)).tolist()
    return [Journey("bus", *pair) for pair in ends]


def one(db, journey, **how):
    return planned(db, [journey], **how)[journey]


def test_every_hop_of_a_way_joins_districts_that_touch(db, net, some):
    ways = ways_of(net, [*planned(db, some).values()])
    for way in ways.tuples():
        assert all(net.hop[a, b] >= 0 for a, b in pairwise(way))


def test_states_are_those_of_the_districts_in_order(db, net, some):
    routes = [*planned(db, some).values()]
    for each, way in zip(routes, ways_of(net, routes).tuples(), strict=True):
        states = net.states[[*way]].tolist()
        merged = [s for i, s in enumerate(states) if i == 0 or states[i - 1] != s]
        assert list(each.states) == merged
        assert not each.declared


def test_length_is_the_geodesic_length_of_the_line(db, net, some):
    drawing = drawn(net, ways_of(net, [*planned(db, some).values()]))
    for line, km in zip(drawing.lines, drawing.km, strict=True):
        assert km == pytest.approx(
            GEOD.geometry_length(line) / 1000, rel=1e-9, abs=1e-9
        )


def test_a_line_runs_from_inner_point_to_inner_point(db, net, places):
    journey = places.journey("Pune", "Patna")
    line = drawn(net, ways_of(net, [one(db, journey)])).lines[0]
    ends = [net.points[places.index(net, name)] for name in ("Pune", "Patna")]
    np.testing.assert_allclose([line.coords[0], line.coords[-1]], ends)


def test_a_journey_within_one_district_is_a_valid_dot(db, net, places):
    way = one(db, places.journey("Pune", "Pune"))
    drawing = drawn(net, ways_of(net, [way]))
    assert way.states == (27,)
    assert drawing.lines[0].is_valid
    assert 0 < drawing.km[0] < 0.001


def test_a_declared_way_passes_its_states_in_order(db, net, places):
    asked = places.journey("Pune", "Patna", "Telangana", "Chhattisgarh", "Jharkhand")
    way = one(db, asked)
    districts = ways_of(net, [way]).tuples()[0]
    states = net.states[[*districts]].tolist()
    merged = [s for i, s in enumerate(states) if i == 0 or states[i - 1] != s]
    assert merged == [27, 36, 22, 20, 10] == list(way.states)
    assert all(net.hop[a, b] >= 0 for a, b in pairwise(districts))
    assert way.declared


def test_a_gap_is_crossed_in_one_straight_leap(db, net, places):
    way = one(db, places.journey("Pune", "Patna", "9"), accept_gaps=True)
    districts = ways_of(net, [way]).tuples()[0]
    leaps = [(a, b) for a, b in pairwise(districts) if net.hop[a, b] < 0]
    assert [tuple(net.states[[*leap]].tolist()) for leap in leaps] == [(27, 9)]


def test_a_gap_that_one_upload_accepts_is_a_gap_for_the_next(db, net, places):
    torn = places.journey("Pune", "Patna", "9")
    assert isinstance(one(db, torn, accept_gaps=True), Planned)
    assert isinstance(one(db, torn), RouteGap)


def test_a_journey_asked_again_among_others_has_the_same_route(db, net, some):
    first = planned(db, some[:100])
    again = planned(db, some)
    assert again.keys() == {*some}
    assert {each: again[each] for each in first} == first


def test_declaring_what_the_network_chooses_gives_the_same_route(db, net, places):
    plain = one(db, places.journey("Pune", "Patna"))
    ends = plain.origin, plain.destination
    assert one(db, Journey("bus", *ends, plain.states)) == plain


def test_mode_ends_and_states_each_make_another_route(db, net, places):
    ids = {
        one(db, journey).route_id
        for journey in (
            places.journey("Pune", "Patna"),
            places.journey("Pune", "Patna", mode="train"),
            places.journey("Patna", "Pune"),
            places.journey("Pune", "Patna", "Telangana", "Chhattisgarh", "Jharkhand"),
        )
    }
    assert len(ids) == 4


def test_the_identity_of_a_route_never_changes(db, net, places):
    journey = places.journey("Pune", "Patna")
    assert str(one(db, journey).route_id) == "dc31a52b-d411-525a-94d2-85f89247b663"


def test_an_unknown_district_is_named(db, net):
    with pytest.raises(UnknownUnit, match="9999"):
        planned(db, [Journey("bus", 490, 9999)])


def test_a_route_is_stored_once_with_its_corridor(db, net, some):
    routes = planned(db, some)
    assert store(db, routes.values()) == len({r.route_id for r in routes.values()})
    assert store(db, routes.values()) == 0
    sequences = {r.states for r in routes.values()}
    assert db.scalar(select(func.count()).select_from(CORRIDOR)) == len(sequences)


def test_a_stored_route_reads_back_as_it_was_drawn(db, net, places):
    way = one(db, places.journey("Pune", "Patna"))
    store(db, [way])
    view = route(db, way.route_id, scope=COUNTRY)
    drawing = drawn(net, ways_of(net, [way]))
    assert view.path.equals(drawing.lines[0])
    assert view.length_km == pytest.approx(drawing.km[0])
    assert (view.states, view.kind) == (way.states, "schematic")
    assert view.corridor.is_valid
    assert len(view.corridor.wkb) < 5_000
    pune = shapely.Point(net.points[places.index(net, "Pune")])
    assert view.corridor.contains(pune)


def test_geometry_columns_hold_the_types_that_maps_rely_on(db, net, places):
    store(db, [one(db, places.journey("Pune", "Patna"))])
    kinds = db.execute(
        select(
            func.GeometryType(ROUTE.c.path),
            func.ST_SRID(ROUTE.c.path),
            func.GeometryType(CORRIDOR.c.geom),
            func.ST_SRID(CORRIDOR.c.geom),
        ).join(CORRIDOR, CORRIDOR.c.corridor_id == ROUTE.c.corridor_id)
    ).one()
    assert kinds == ("LINESTRING", 4326, "MULTIPOLYGON", 4326)


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (Scope(states=frozenset({27})), True),
        (Scope(states=frozenset({10})), True),
        (Scope(states=frozenset({23})), False),
        (Scope(states=frozenset({27}), districts=frozenset({490})), True),
        (Scope(states=frozenset({27}), districts=frozenset({482})), False),
        (NOTHING, False),
    ],
)
def test_a_route_is_seen_from_its_ends_only(db, net, places, scope, seen):
    way = one(db, places.journey("Pune", "Patna"))
    store(db, [way])
    if seen:
        assert route(db, way.route_id, scope=scope).route_id == way.route_id
    else:
        with pytest.raises(UnknownRoute):
            route(db, way.route_id, scope=scope)


def test_a_route_nobody_stored_is_unknown(db):
    with pytest.raises(UnknownRoute):
        route(db, uuid.UUID(int=1), scope=COUNTRY)


def test_the_upload_plane_may_store_and_the_read_plane_may_read(database, net, places):
    with database.upload.connect() as uploading:
        way = one(uploading, places.journey("Pune", "Gaya, Bihar"))
        assert store(uploading, [way]) == 1
        uploading.commit()
    with database.read.connect() as reading:
        assert route(reading, way.route_id, scope=COUNTRY).length_km > 1000


def test_two_uploads_of_the_same_routes_store_them_once(database, places, some):
    with database.upload.connect() as first, database.upload.connect() as second:
        routes = [*planned(first, some).values()]
        stored = store(first, routes)
        with ThreadPoolExecutor(1) as thread:
            waiting = thread.submit(store, second, routes[::-1])
            first.commit()
            assert (stored, waiting.result(timeout=20)) == (len({*routes}), 0)
        second.commit()

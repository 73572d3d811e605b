"""Vector tiles: what is in them, clipped where, and for whom."""

import mapbox_vector_tile
import pytest
from sqlalchemy import func, select, tuple_

from boundaries.scope import COUNTRY, NOTHING, Scope
from boundaries.tables import UNIT, UNIT_SHAPE
from layers.catalogue import LAYERS
from layers.errors import OutsideGrid
from layers.formats.mvt import tile_bytes
from layers.tile import EXTENT, HALF_M, Tile
from tests.flow_rows import (
    BIHAR,
    KERALA,
    MAHARASHTRA,
    MUMBAI,
    PUNE,
    add,
    add_route,
    flow,
    question,
    two_of,
)

WHOLE = Tile(3, 5, 3)  # central India at a glance


def features(db, name, *, tile=WHOLE, scope=COUNTRY, **more):
    body = tile_bytes(db, name, tile=tile, question=question(db, scope, **more))
    return mapbox_vector_tile.decode(body)[name]["features"] if body else []


def test_units_carry_their_code_as_id_their_names_and_state(db):
    for name, count in (("states", 29), ("districts", 600)):
        found = features(db, name)
        assert len(found) > count
        for each in found:
            known = each["properties"]
            assert each["id"] == known["code"]
            assert (
                {"code", "name", "state_code"} <= set(known) <= set(LAYERS[name].fields)
            )
            assert each["geometry"]["type"] in ("Polygon", "MultiPolygon")


def test_beside_each_shape_stands_what_is_known_of_its_unit(db):
    unit, shape = UNIT.c, UNIT_SHAPE.c
    told = (shape.name, shape.name_hi, shape.state_code, shape.population_2011)
    known = (unit.name, unit.name_hi, unit.state_code, unit.population_2011)
    point = func.ST_X(unit.inner_point), func.ST_Y(unit.inner_point)
    same = tuple_(unit.set_id, unit.level, unit.code) == tuple_(
        shape.set_id, shape.level, shape.code
    )
    rows = db.execute(
        select(*told, shape.lon, shape.lat, *known, *point).join_from(
            UNIT_SHAPE, UNIT, same
        )
    ).all()
    assert len(rows) > 4 * 734
    assert all(row[:6] == row[6:] for row in rows)


def test_a_tile_is_cut_one_buffer_beyond_its_edge(db):
    reach = [
        value
        for each in features(db, "districts", tile=Tile(7, 90, 56))
        for ring in mapped(each["geometry"])
        for point in ring
        for value in point
    ]
    assert min(reach) >= -64
    assert max(reach) <= EXTENT + 64


def mapped(geometry):
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    return [ring for polygon in polygons for ring in polygon]


def test_nothing_falls_in_a_tile_of_the_atlantic(db):
    assert features(db, "districts", tile=Tile(5, 10, 15)) == []


def test_closer_tiles_draw_finer_shapes(db):
    def points(tile):
        found = features(db, "states", tile=tile)
        return sum(len(ring) for each in found for ring in mapped(each["geometry"]))

    assert points(Tile(9, 362, 225)) < points(Tile(3, 5, 3))


def test_a_flow_is_a_great_circle_whole_in_every_tile_it_crosses(db):
    there, _ = two_of(db, BIHAR)
    add(db, [flow(MUMBAI, there, 7), flow(MUMBAI, PUNE, 3)])
    seen = [
        each for x in (5, 6) for each in features(db, "flows", tile=Tile(3, x, 3), k=1)
    ]
    whole = {tuple(sorted(each["properties"].items())) for each in seen}
    assert len(whole) == 1
    known = dict(whole.pop())
    assert known["n"] == known["shown"] == 7
    assert (known["total"], known["rank"], known["share"]) == (10, 1, 0.7)
    assert all(each["geometry"]["type"] == "LineString" for each in seen)
    assert len(seen[0]["geometry"]["coordinates"]) > 2


def test_arrivals_leave_no_unit_out_and_state_a_rate(db):
    there, _ = two_of(db, BIHAR)
    add(db, [flow(MUMBAI, there, 700), flow(there, there, 40)])
    found = {each["id"]: each["properties"] for each in features(db, "arrivals")}
    assert found[there]["n"] == 700
    assert 0 < found[there]["per_1000"] < 700
    assert found[PUNE]["n"] == 0
    left = {each["id"]: each["properties"] for each in features(db, "departures")}
    assert (left[MUMBAI]["n"], left[there]["n"]) == (700, 0)


def test_counts_by_state_are_asked_with_a_level(db):
    there, _ = two_of(db, BIHAR)
    add(db, [flow(MUMBAI, there, 7), flow(PUNE, there, 5)])
    found = features(db, "arrivals", level="state")
    assert {each["id"]: each["properties"]["n"] for each in found}[BIHAR] == 12
    (line,) = features(db, "flows", level="state")
    assert line["properties"]["n"] == 12
    assert line["properties"]["origin"] == MAHARASHTRA


@pytest.mark.parametrize("name", ["flows", "routes", "arrivals", "departures"])
def test_what_a_reader_may_not_see_changes_no_byte(db, name):
    bihar, kerala = two_of(db, BIHAR)[0], two_of(db, KERALA)[0]
    add(db, [flow(MUMBAI, bihar, 7)])
    add_route(db, MUMBAI, bihar, 7)
    own = question(db, Scope(frozenset({MAHARASHTRA})))
    before = tile_bytes(db, name, tile=WHOLE, question=own)
    add(db, [flow(bihar, kerala, 424_242)])
    add_route(db, bihar, kerala, 424_242)
    assert tile_bytes(db, name, tile=WHOLE, question=own) == before
    seen = tile_bytes(db, name, tile=WHOLE, question=question(db, COUNTRY))
    assert seen != before


def test_no_scope_at_all_sees_no_flow_and_no_route(db):
    add(db, [flow(MUMBAI, PUNE, 7)])
    add_route(db, MUMBAI, PUNE, 7)
    for name in ("flows", "routes"):
        assert features(db, name, scope=NOTHING) == []
    counted = features(db, "arrivals", scope=NOTHING)
    assert {each["properties"]["n"] for each in counted} == {0}


def test_a_route_says_its_states_in_order_and_where_its_page_is(db):
    there, _ = two_of(db, BIHAR)
    route = add_route(db, MUMBAI, there, 9)
    (found,) = features(db, "routes")
    known = found["properties"]
    assert known["states"] == f"{MAHARASHTRA};{BIHAR}"
    assert known["link"] == f"/maps/routes/{route}"
    assert (known["n"], known["kind"], known["mode"]) == (9, "schematic", "train")


@pytest.mark.parametrize(
    "zxy", [(3, 8, 0), (3, 0, 8), (23, 0, 0), (-1, 0, 0), (3, -1, 0)]
)
def test_a_tile_outside_the_grid_is_refused(zxy):
    with pytest.raises(OutsideGrid):
        Tile(*zxy)


def test_a_tile_is_half_as_wide_as_the_one_above_it():
    assert Tile(0, 0, 0).side == 2 * HALF_M
    assert Tile(3, 5, 3).side == HALF_M / 4

"""GeoJSON: valid by RFC 7946, streamed, with its source."""

import json

import shapely
from shapely.geometry import shape

from boundaries.scope import COUNTRY
from layers.catalogue import LAYERS
from layers.formats import geojson
from tests.flow_rows import BIHAR, MUMBAI, add, add_route, flow, question, two_of


def collection(db, name, **more):
    pieces = list(geojson.chunks(db, name, question=question(db, COUNTRY, **more)))
    return json.loads(b"".join(pieces)), pieces


def test_every_layer_is_a_feature_collection_with_title_source_and_count(db):
    there, _ = two_of(db, BIHAR)
    add(db, [flow(MUMBAI, there, 7)])
    add_route(db, MUMBAI, there, 7)
    for name, layer in LAYERS.items():
        found, _ = collection(db, name)
        assert found["type"] == "FeatureCollection"
        assert found["title"] == layer.title
        assert "Survey of India" in found["attribution"]
        assert found["licence"]
        assert found["numberReturned"] == len(found["features"])
        # Of releases and portals: test_release_layers.py and test_portal.py (stories).
        assert found["features"] or layer.released or layer.foreign
        for each in found["features"]:
            assert set(each["properties"]) == set(layer.fields)


def test_rings_run_as_rfc_7946_asks_and_districts_cover_india(db):
    found, pieces = collection(db, "districts")
    assert len(found["features"]) == 734
    assert len(pieces) > 3  # in pieces, never whole
    for each in found["features"]:
        assert all(
            polygon.exterior.is_ccw
            for polygon in shapely.get_parts(shape(each["geometry"]))
        )
        assert each["id"] == each["properties"]["code"]


def test_coordinates_have_at_most_six_decimals(db):
    found, _ = collection(db, "states")
    points = shapely.get_coordinates(
        [shape(each["geometry"]) for each in found["features"]]
    )
    assert abs(points - points.round(6)).max() < 1e-9


def test_a_box_keeps_what_touches_it(db):
    found, _ = collection(db, "states", bbox=(76.0, 9.0, 77.0, 10.0))
    names = {each["properties"]["name"] for each in found["features"]}
    assert names == {"Kerala", "Tamil Nadu"}


def test_the_largest_flow_comes_first(db):
    there, other = two_of(db, BIHAR)
    add(db, [flow(MUMBAI, there, 7), flow(MUMBAI, other, 70)])
    found, _ = collection(db, "flows")
    assert [each["properties"]["n"] for each in found["features"]] == [70, 7]


def test_names_in_any_script_come_through_unchanged(db):
    found, _ = collection(db, "states")
    hindi = {
        each["properties"]["code"]: each["properties"]["name_hi"]
        for each in found["features"]
    }
    assert hindi[BIHAR] == "बिहार"

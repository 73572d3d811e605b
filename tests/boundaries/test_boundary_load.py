"""Files of official publishers become sets that are not in force, with a report."""

from datetime import date

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from sqlalchemy import func, select

from boundaries import bundled
from boundaries.errors import BadBoundaryFile, BoundarySetRefused
from boundaries.load import load
from boundaries.match import FieldMap
from boundaries.tables import BOUNDARY_SET, UNIT, UNIT_SHAPE
from boundaries.vintage import sets_on

ANDHRA_PRADESH = "28"
TO_7755 = Transformer.from_crs(4326, 7755, always_xy=True)


def of_set(db, column, set_id):
    chosen = select(column).where(UNIT.c.set_id == set_id)
    return db.scalars(chosen.order_by(UNIT.c.code)).all()


def test_a_zipped_shapefile_becomes_a_set_not_in_force(
    db, published, request_for, tmp_path
):
    path = published.zipped(tmp_path / "published.zip", tmp_path)
    (set_id,) = load(db, path, request_for()).set_ids
    assert len(of_set(db, UNIT.c.code, set_id)) == 15
    tiers = select(func.count()).where(UNIT_SHAPE.c.set_id == set_id)
    assert db.scalar(tiers) == 4 * 15
    active = select(BOUNDARY_SET.c.active).where(BOUNDARY_SET.c.set_id == set_id)
    assert db.scalar(active) is False
    assert sets_on(db).district == bundled.DISTRICT_SET


def test_a_geopackage_in_metres_is_moved_to_degrees(
    db, published, request_for, tmp_path
):
    before = [shape.centroid.x for *_, shape in published.rows]
    published.rows = [
        (*row, shapely.transform(shape, TO_7755.transform, interleaved=False))
        for *row, shape in published.rows
    ]
    path = published.gdal(tmp_path / "published.gpkg", crs="EPSG:7755", driver="GPKG")
    (set_id,) = load(db, path, request_for()).set_ids
    x = func.ST_X(func.ST_Centroid(UNIT.c.geom))
    assert np.allclose(of_set(db, x, set_id), before, atol=1e-6)


def test_geojson_needs_no_crs_because_its_standard_names_one(
    db, published, request_for, tmp_path
):
    report = load(db, published.geojson(tmp_path / "b.geojson"), request_for()).report
    assert (report["features"], report["units"]) == (15, 15)
    assert report["crs"] in ("EPSG:4326", "OGC:CRS84")
    assert report["overlaps_km2"] < 0.001
    assert report["refusals"] == []
    assert len(report["missing"]) == 0


def test_topojson_must_be_told_its_crs(db, request_for, tmp_path):
    path = tmp_path / "anantapur.topojson"
    path.write_text(
        '{"type":"Topology","arcs":[[[84.5,25.0],[84.8,25.0],[84.8,25.3],[84.5,25.0]]],'
        '"objects":{"d":{"type":"GeometryCollection","geometries":[{"type":"Polygon",'
        '"arcs":[[0]],"properties":{"lgd":502,"dist":"Anantapur","st":"28"}}]}}}'
    )
    with pytest.raises(BadBoundaryFile, match="no CRS"):
        load(db, path, request_for())
    (set_id,) = load(db, path, request_for(crs="EPSG:4326")).set_ids
    assert of_set(db, UNIT.c.code, set_id) == [502]


def test_a_shapefile_without_crs_is_refused_until_one_is_given(
    db, published, request_for, tmp_path
):
    with pytest.warns(UserWarning, match="crs"):
        path = published.zipped(tmp_path / "b.zip", tmp_path, crs=None)
    with pytest.raises(BadBoundaryFile, match="no CRS"):
        load(db, path, request_for())
    assert load(db, path, request_for(crs="EPSG:4326")).report["units"] == 15


def test_a_wrong_crs_is_noticed_by_where_it_puts_india(
    db, published, request_for, tmp_path
):
    path = published.geojson(tmp_path / "b.geojson")
    with pytest.raises(BadBoundaryFile, match="wrong CRS"):
        load(db, path, request_for(crs="EPSG:3857"))
    with pytest.raises(BadBoundaryFile, match="not known"):
        load(db, path, request_for(crs="EPSG:0"))


def test_names_alone_are_matched_and_strangers_reported_with_candidates(
    db, published, request_for, tmp_path
):
    published.rows[0] = (
        *published.rows[0][:1],
        "Anantapur Nagar",
        *published.rows[0][2:],
    )
    by_name = FieldMap(name="dist", state="st")
    path = published.geojson(tmp_path / "b.geojson")
    report = load(db, path, request_for(mapping=by_name)).report
    (stranger,) = report["unmatched"]
    assert "Anantapur, Andhra Pradesh (502)" in stranger["why"]
    assert any("Anantapur Nagar" in each for each in report["refusals"])
    assert report["units"] == 14


def test_a_code_whose_name_says_another_unit_is_reported(
    db, published, request_for, tmp_path
):
    first, second = published.rows[:2]
    published.rows[0] = (second[0], *first[1:])
    published.rows[1] = (first[0], *second[1:])
    report = load(db, published.geojson(tmp_path / "b.geojson"), request_for()).report
    assert len(report["disagreeing"]) == 2


def test_a_bow_tie_is_repaired_and_gaps_and_overlaps_are_measured(
    db, request_for, tmp_path, published
):
    ring = [(84, 25), (85, 26), (85, 25), (84, 26), (84, 25)]
    published.rows = [
        (502, "Anantapur", ANDHRA_PRADESH, shapely.Polygon(ring)),
        (503, "Chittoor", ANDHRA_PRADESH, shapely.box(86, 25, 87, 26)),
        (505, "East Godavari", ANDHRA_PRADESH, shapely.box(86.9, 25, 88, 26)),
        (
            506,
            "Guntur",
            ANDHRA_PRADESH,
            shapely.box(84, 23, 85, 24) - shapely.box(84.4, 23.4, 84.5, 23.5),
        ),
    ]
    report = load(db, published.geojson(tmp_path / "b.geojson"), request_for()).report
    assert report["repaired"] == 1
    assert abs(report["overlaps_km2"] - 1_118) < 15
    assert abs(report["gaps_km2"] - 113) < 2
    assert report["areas_measured_in"] == "EPSG:6933"


def test_states_and_districts_in_one_level_are_seen_by_the_land_counted_twice(
    db, published, request_for, tmp_path
):
    whole = shapely.union_all([shape for *_, shape in published.rows])
    published.rows.append((900, "Andhra Pradesh", ANDHRA_PRADESH, whole))
    report = load(db, published.geojson(tmp_path / "b.geojson"), request_for()).report
    assert any("mixed" in each for each in report["refusals"])


def test_doubled_codes_are_reported(db, published, request_for, tmp_path):
    published.rows[1] = (published.rows[0][0], *published.rows[1][1:])
    report = load(db, published.geojson(tmp_path / "b.geojson"), request_for()).report
    assert report["doubled"] == [published.rows[0][0]]
    assert any("stand twice" in each for each in report["refusals"])


def test_people_are_kept_by_code_but_not_across_a_split(
    db, published, request_for, tmp_path
):
    path = published.geojson(tmp_path / "all.geojson")
    (set_id,) = load(db, path, request_for(valid_from=date(2022, 6, 1))).set_ids
    counted = dict(
        zip(
            of_set(db, UNIT.c.code, set_id),
            of_set(db, UNIT.c.population_2011, set_id),
            strict=True,
        )
    )
    assert counted[505] is None  # East Godavari gave three districts away
    assert counted[551] == 652_178


def test_states_can_be_made_of_the_districts(db, published, request_for, tmp_path):
    path = published.geojson(tmp_path / "all.geojson")
    districts, states = load(db, path, request_for(with_states=True)).set_ids
    assert len(of_set(db, UNIT.c.code, districts)) == 15
    assert len(of_set(db, UNIT.c.code, states)) == 2
    assert "गोवा" in of_set(db, UNIT.c.name_hi, states)


def test_a_district_does_not_take_the_hindi_name_of_the_state_of_its_number(
    db, published, request_for, tmp_path
):
    published.rows = [(28, "Bathinda", "28", shapely.box(77, 14, 78, 15))]
    path = published.geojson(tmp_path / "one.geojson")
    (set_id,) = load(db, path, request_for()).set_ids
    assert of_set(db, UNIT.c.name_hi, set_id) == [None]


def test_a_set_in_force_is_not_overwritten(db, published, request_for, tmp_path):
    path = published.geojson(tmp_path / "b.geojson")
    with pytest.raises(BoundarySetRefused, match="in force"):
        load(db, path, request_for(set_id=bundled.DISTRICT_SET))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", b"a,b", "allowed"),
        ("a.geojson", b"{", "not JSON"),
        ("a.json", b'{"type": "gdal_streamed_alg"}', "allowed"),
        ("a.json", b"[]", "allowed"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": []}', "no shapes"),
        ("a.gpkg", b"nothing", "cannot be read"),
        ("a.zip", b"nothing", "cannot be unpacked"),
    ],
)
def test_what_is_no_boundary_file_is_refused_in_words(
    db, request_for, tmp_path, name, content, why
):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadBoundaryFile, match=why):
        load(db, path, request_for())


def test_a_mapped_field_must_be_there(db, published, request_for, tmp_path):
    path = published.geojson(tmp_path / "b.geojson")
    with pytest.raises(BadBoundaryFile, match="there are lgd, dist, st"):
        load(db, path, request_for(mapping=FieldMap(code="LGD_CODE")))
    with pytest.raises(BadBoundaryFile, match="map at least"):
        load(db, path, request_for(mapping=FieldMap(state="st")))

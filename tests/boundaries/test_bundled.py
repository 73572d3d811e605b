"""The bundled boundaries as they lie in the database."""

import csv
from importlib.resources import files

import numpy as np
import shapely
from sqlalchemy import func, select

from boundaries import bundled, bundled_rows
from boundaries.bundled_places import display_name
from boundaries.tables import BOUNDARY_SET, LINEAGE, UNIT, UNIT_SHAPE
from boundaries.version import versions

SURVEY_OF_INDIA_KM2 = 3_271_806


def shapes(db, set_id):
    wkb = func.ST_AsBinary(UNIT.c.geom).label("wkb")
    rows = db.execute(
        select(UNIT.c.code, UNIT.c.state_code, wkb).where(UNIT.c.set_id == set_id)
    ).all()
    return {(r.code, r.state_code): shapely.from_wkb(bytes(r.wkb)) for r in rows}


def drawn(db, set_id, tier):
    wkb = func.ST_AsBinary(UNIT_SHAPE.c.geom).label("wkb")
    rows = db.execute(
        select(UNIT_SHAPE.c.code, wkb).where(
            UNIT_SHAPE.c.set_id == set_id, UNIT_SHAPE.c.tier == tier
        )
    )
    return {r.code: shapely.from_wkb(bytes(r.wkb)) for r in rows}


def test_the_compact_file_is_small_and_a_valid_coverage_when_read_back():
    size = (files("nmis_data") / bundled_rows.SHAPES).stat().st_size
    assert size <= 2_000_000
    read = bundled_rows.shapes()
    assert len(read.shapes) == 734
    assert shapely.is_valid(read.shapes).all()
    assert shapely.coverage_is_valid(read.shapes)


def test_there_are_36_states_and_734_districts(db):
    counted = select(UNIT.c.level, func.count()).group_by(UNIT.c.level)
    assert dict(map(tuple, db.execute(counted))) == {"state": 36, "district": 734}


def test_india_has_the_extent_that_the_survey_of_india_draws(db):
    summed = select(UNIT.c.level, func.sum(UNIT.c.area_km2)).group_by(UNIT.c.level)
    for _, area in db.execute(summed):
        assert abs(area - SURVEY_OF_INDIA_KM2) < 0.01 * SURVEY_OF_INDIA_KM2


def test_every_state_is_exactly_the_union_of_its_districts(db):
    states = shapes(db, bundled.STATE_SET)
    districts = shapes(db, bundled.DISTRICT_SET)
    for (state, _), whole in states.items():
        parts = [shape for (_, parent), shape in districts.items() if parent == state]
        assert shapely.symmetric_difference(whole, shapely.union_all(parts)).area < 1e-9


def test_every_inner_point_lies_in_its_own_unit(db):
    inside = func.ST_Contains(UNIT.c.geom, UNIT.c.inner_point)
    assert db.scalars(select(UNIT.c.code).where(~inside)).all() == []


def test_every_capital_lies_in_its_state(db):
    """Catches shapes filed under another unit's name, as Daman and Diu once were."""
    states = {code: shape for (code, _), shape in shapes(db, bundled.STATE_SET).items()}
    shared = {6, 28}  # Chandigarh serves them too; Amaravati is given roughly
    for row in bundled_rows.rows("states.csv"):
        code = int(row["lgd_state_code"])
        capital = shapely.Point(float(row["capital_lon"]), float(row["capital_lat"]))
        if code not in shared and code != 3:
            assert shapely.distance(states[code], capital) < 0.05, row["name"]


def test_daman_lies_east_of_diu(db):
    districts = shapes(db, bundled.DISTRICT_SET)
    assert districts[463, 38].centroid.x > 72.5
    assert districts[464, 38].centroid.x < 71.1


def test_people_of_both_levels_are_those_of_the_census(db):
    summed = select(func.sum(UNIT.c.population_2011)).group_by(UNIT.c.level)
    assert set(db.scalars(summed)) == {1_210_854_977}


def test_every_tier_is_one_coverage_of_all_units(db):
    for set_id, count in ((bundled.STATE_SET, 36), (bundled.DISTRICT_SET, 734)):
        points = []
        for tier in range(4):
            units = np.array(list(drawn(db, set_id, tier).values()))
            assert len(units) == count
            assert shapely.is_valid(units).all()
            assert shapely.coverage_is_valid(units)
            points.append(int(shapely.get_num_coordinates(units).sum()))
        assert points == sorted(points)


def test_states_are_drawn_along_the_lines_of_their_districts_in_every_tier(db):
    for tier in range(4):
        districts = np.array(list(drawn(db, bundled.DISTRICT_SET, tier).values()))
        corners = set(map(tuple, shapely.get_coordinates(districts)))
        states = np.array(list(drawn(db, bundled.STATE_SET, tier).values()))
        assert set(map(tuple, shapely.get_coordinates(states))) <= corners


def test_loading_again_changes_nothing(db):
    before = versions(db)
    bundled.load(db)
    assert versions(db) == before


def test_every_unit_says_where_it_comes_from_and_weak_ones_say_so(db):
    rows = {
        r.code: r for r in db.execute(select(UNIT).where(UNIT.c.level == "district"))
    }
    assert all(
        r.source and r.licence == "ODbL-1.0" and r.depiction for r in rows.values()
    )
    assert "claimed land" in rows[9].depiction
    assert rows[482].quality.startswith("weak")


def test_every_unit_of_the_later_snapshots_has_its_parent_in_the_lineage(db):
    with (files("nmis_data") / "district_snapshots_2020_2022.csv").open() as opened:
        young = {
            int(r["lgd_district_code"])
            for r in csv.DictReader(opened)
            if r["first_seen"] != "2020-05-12"
        }
    assert set(db.scalars(select(LINEAGE.c.child))) == young
    assert len(young) == 29


def test_sets_are_in_force_from_the_day_they_show(db):
    rows = db.execute(select(BOUNDARY_SET)).all()
    assert {r.set_id for r in rows if r.active} == {
        bundled.STATE_SET,
        bundled.DISTRICT_SET,
    }
    assert {r.valid_from for r in rows} == {bundled.DAY}


def test_names_in_capitals_are_written_as_on_a_map():
    assert display_name("LAHUL AND SPITI") == "Lahul and Spiti"
    assert display_name("SPSR NELLORE") == "SPSR Nellore"
    assert display_name("KRA  DAADI") == "Kra Daadi"
    assert display_name("S.A.S Nagar") == "S.A.S Nagar"

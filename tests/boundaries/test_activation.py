"""Sets come into force from a day on, or are refused with what is wrong."""

from datetime import date

import pytest
import shapely
from sqlalchemy import select

from boundaries import bundled
from boundaries.activation import activate, sets
from boundaries.errors import BoundarySetRefused
from boundaries.load import load
from boundaries.lookup import gazetteer
from boundaries.tables import BOUNDARY_SET
from boundaries.version import versions
from boundaries.vintage import Sets, sets_on


@pytest.fixture
def loaded(db, published, request_for, tmp_path):
    """``loaded(**changes)``: the changed districts, loaded as a set."""

    def made(**changes):
        path = published.geojson(tmp_path / "all.geojson")
        return load(db, path, request_for(**changes)).set_ids

    return made


def test_a_good_set_is_in_force_from_its_first_day(db, loaded):
    before = versions(db)["boundaries"]
    (set_id,) = loaded()
    activate(db, [set_id])
    assert sets_on(db) == Sets(bundled.STATE_SET, set_id)
    assert sets_on(db, date(2020, 12, 31)).district == bundled.DISTRICT_SET
    assert sets_on(db, date(2021, 1, 1)).district == set_id
    assert versions(db)["boundaries"] > before
    closed = select(BOUNDARY_SET.c.valid_to).where(
        BOUNDARY_SET.c.set_id == bundled.DISTRICT_SET
    )
    assert db.scalar(closed) == date(2020, 12, 31)


def test_a_set_from_the_same_day_or_later_is_replaced(db, loaded):
    (late,) = loaded(valid_from=date(2022, 1, 1), set_id="late")
    activate(db, [late])
    (early,) = loaded(set_id="early")
    activate(db, [early])
    assert sets_on(db, date(2023, 1, 1)).district == "early"
    assert {r.set_id for r in sets(db) if r.active and r.level == "district"} == {
        bundled.DISTRICT_SET,
        "early",
    }


def test_the_bundled_set_can_come_back(db, loaded):
    activate(db, loaded())
    activate(db, [bundled.DISTRICT_SET])
    assert sets_on(db).district == bundled.DISTRICT_SET


def test_loading_the_bundled_set_again_leaves_a_users_set_in_force(db, loaded):
    (set_id,) = loaded(valid_from=bundled.DAY)
    activate(db, [set_id])
    bundled.load(db)
    assert sets_on(db).district == set_id


def test_both_levels_can_come_together(db, loaded):
    made = loaded(with_states=True)
    activate(db, made)
    assert sets_on(db) == Sets(made[1], made[0])
    assert gazetteer(db).state("Goa") == 30


def test_a_split_keeps_the_parents_code_and_adds_the_childs(db, published, loaded):
    row = next(i for i, each in enumerate(published.rows) if each[0] == 511)
    code, name, state, shape = published.rows[row]
    west, south, east, north = shape.bounds
    half = shapely.box(west, south, (west + east) / 2, north)
    published.rows[row] = (code, name, state, shape - half)
    published.rows.append((755, "Nandyal", state, shape & half))
    activate(db, loaded(valid_from=date(2022, 4, 4)))
    assert gazetteer(db).district("Nandyal") == 755
    assert 755 not in gazetteer(db, day=date(2022, 4, 3)).districts


def test_missing_codes_are_refused(db, published, loaded):
    published.rows = [each for each in published.rows if each[0] not in (502, 505)]
    with pytest.raises(BoundarySetRefused, match="lacks: 502, 505"):
        activate(db, loaded())


def test_doubled_codes_are_refused(db, published, loaded):
    published.rows.append((*published.rows[0][:3], shapely.box(70, 10, 70.1, 10.1)))
    with pytest.raises(BoundarySetRefused, match="stand twice"):
        activate(db, loaded())


def test_children_outside_their_parent_are_refused(db, published, loaded):
    code, name, _, shape = published.rows[0]
    published.rows[0] = (code, name, "30", shape)
    with pytest.raises(BoundarySetRefused, match=f"outside their state: {code}"):
        activate(db, loaded())


def test_states_and_districts_in_one_level_are_refused(db, published, loaded):
    states = sorted({row[2] for row in published.rows})
    for number, state in enumerate(states, 900):
        parts = [shape for *_, of, shape in published.rows if of == state]
        published.rows.append((number, f"S{state}", state, shapely.union_all(parts)))
    with pytest.raises(BoundarySetRefused, match="mixed in one level"):
        activate(db, loaded())


def test_two_sets_of_a_level_or_an_unknown_one_are_refused(db, loaded):
    (set_id,) = loaded()
    with pytest.raises(BoundarySetRefused, match="one set of a level"):
        activate(db, [set_id, bundled.DISTRICT_SET])
    with pytest.raises(BoundarySetRefused, match="there are: bundled-district"):
        activate(db, ["nonsense"])

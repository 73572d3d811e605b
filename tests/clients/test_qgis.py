"""QGIS, without a screen, reads every feature of our collections."""

import pytest
from sqlalchemy import func, select

from boundaries.tables import UNIT
from movements.flow import FLOW_DAY
from tests.flow_rows import KERALA, MAHARASHTRA

pytestmark = pytest.mark.clients


@pytest.mark.parametrize(("page", "pages"), [(None, 1), (100, 8)])
def test_every_district_over_more_than_two_pages(qgis, database, asked, page, pages):
    asked.clear()
    found = qgis("districts", page=page)
    items = {each for each in asked if "/districts/items?" in each}
    assert len(items - {"/ogc/collections/districts/items?limit=10"}) >= pages
    columns = UNIT.c
    with database.read.connect() as db:
        every = db.execute(
            select(
                func.count(), func.sum(columns.population_2011), func.sum(columns.code)
            ).where(columns.level == "district")
        ).one()
    rows = found["rows"]
    assert (
        len(rows),
        sum(each["population_2011"] or 0 for each in rows),
        sum(each["code"] for each in rows),
    ) == tuple(every)
    assert all(each["has_shape"] for each in rows)
    assert found["fields"]["name"].lower() == "string"
    assert found["fields"]["code"].lower().startswith("integer")


def test_a_box_is_what_meets_it(qgis):
    found = qgis("districts", box=[76.2, 9.9, 76.3, 10.0])
    assert {each["state_code"] for each in found["rows"]} == {KERALA}


def test_layers_that_need_a_token(qgis, database, key):
    columns = FLOW_DAY.c
    ours = (columns.origin_state == MAHARASHTRA) | (
        columns.destination_state == MAHARASHTRA
    )
    with database.owner.connect() as db:
        people = db.execute(select(func.sum(columns.n)).where(ours)).scalar_one()
    found = qgis("flows", page=1, token=key)
    assert sum(each["n"] for each in found["rows"]) == people
    assert len(found["rows"]) == 4
    arrivals = qgis("arrivals", token=key)["rows"]
    assert len(arrivals) == 734


def test_a_layer_of_another_portal(qgis, cases):
    rows = qgis("covid_cases", page=20)["rows"]
    found = {each["code"]: each["cases"] for each in rows}
    assert set(found) <= set(cases)
    assert len(found) > 60
    assert all(found[code] == cases[code] for code in found)


def test_an_analyst_reads_every_atom_of_the_release(qgis, atoms, token, asked):
    asked.clear()
    rows = qgis("release_atoms", page=150, token=token("analyst"))["rows"]
    assert (len(rows), sum(each["n"] for each in rows)) == atoms
    pages = {each for each in asked if "/release_atoms/items?" in each}
    assert len(pages) > 2

"""GDAL's own commands read every feature of our collections."""

import csv
import io
import json

import pytest
from sqlalchemy import func, select

from boundaries.tables import UNIT

pytestmark = pytest.mark.clients


def told(key):
    """The environment that has GDAL send a token, never in the address."""
    return {"GDAL_HTTP_HEADERS": f"Authorization: Bearer {key}"}


def test_ogrinfo_lists_what_the_reader_may_read(run, address, key):
    everybody = run("ogrinfo", f"OAPIF:{address}")
    assert "districts" in everybody
    assert "arrivals" not in everybody
    assert "arrivals" in run("ogrinfo", f"OAPIF:{address}", **told(key))


def test_ogrinfo_tells_types_and_where_a_layer_is(run, address):
    said = run("ogrinfo", "-so", f"OAPIF:{address}", "districts")
    assert "name_hi: String" in said
    assert "population_2011: Integer" in said
    assert 'ID["OGC","CRS84"]' in said or "WGS 84" in said


@pytest.mark.parametrize("page", [50, 1000])
def test_ogr2ogr_copies_every_district_over_many_pages(
    run, address, asked, database, page
):
    asked.clear()
    size = ("-oo", f"PAGE_SIZE={page}")
    said = run(
        "ogr2ogr", "-f", "CSV", "/vsistdout/", f"OAPIF:{address}", "districts", *size
    )
    rows = list(csv.DictReader(io.StringIO(said)))
    columns = UNIT.c
    sums = func.count(), func.sum(columns.population_2011)
    with database.read.connect() as db:
        every = db.execute(select(*sums).where(columns.level == "district")).one()
    people = sum(int(each["population_2011"] or 0) for each in rows)
    assert (len(rows), people) == tuple(every)
    pages = {each for each in asked if "/districts/items?" in each}
    assert len(pages) >= 734 // page


def test_ogr2ogr_copies_what_an_officer_may_see(run, client, address, key):
    layer, source = "flows", f"OAPIF:{address}"
    said = run(
        "ogr2ogr", "-f", "GeoJSON", "/vsistdout/", source, layer, "-oo", "PAGE_SIZE=1",
        **told(key),
    )  # fmt: skip
    found = [each["properties"]["n"] for each in json.loads(said)["features"]]
    bearer = {"Authorization": f"Bearer {key}"}
    every = client.get(f"/layers/{layer}.geojson", headers=bearer).json["features"]
    assert sorted(found) == sorted(each["properties"]["n"] for each in every)
    assert len(found) == 4

"""Releases stand at addresses of their own, for everybody as they may, for ever."""

import csv
import dataclasses
import io
from datetime import date, timedelta

import orjson
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_service.app import create_app
from gis_service.secrets import release_key
from layers.cube.released import REST
from movements.release.make import make
from tests.flow_rows import MUMBAI, PUNE, add, flow
from tests.releasing import TODAY, atoms, released

LASTING = "max-age=31536000, immutable"
LAYERS = {"release_arrivals", "release_atoms", "release_departures", "release_flows"}


@pytest.fixture(scope="module")
def told(app, database) -> pl.DataFrame:
    """The atoms of release 1."""
    return released(app, database, people=30_000)


@pytest.fixture(scope="module")
def analyst(app, told, token):
    key, client = {"Authorization": f"Bearer {token('analyst')}"}, app.test_client()
    return lambda path, **more: client.get(path, headers=key | more)


@pytest.fixture(scope="module")
def everybody(app, told, database):
    """Asks without a token where the release is public."""
    settings = dataclasses.replace(app.extensions["settings"], public="release")
    return create_app(settings, database).test_client().get


def rows(answer) -> list[dict]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def total(found, name="n") -> int:
    return sum(int(each[name]) for each in found)


def test_releases_are_listed_with_their_weeks_and_lead_to_their_files(analyst, told):
    (only,) = analyst("/releases").json["releases"]
    weeks = sorted(set(told["week"]))
    assert only["release"] == 1
    assert only["weeks"] == [f"{each:%G-W%V}" for each in weeks]
    there = analyst(only["links"][0]["href"].removeprefix("http://localhost")).json
    assert {each["name"] for each in there["layers"]} == LAYERS
    for each in there["layers"]:
        files = [file for file in each["files"] if file["format"] == "CSV"]
        for file in files:
            found = rows(analyst(file["href"].removeprefix("http://localhost")))
            assert found
            assert "level=" in file["href"]


def test_who_may_read_no_release_is_told_so(client, told, token):
    for path in ("/releases", "/releases/1", "/releases/1/release_flows.csv"):
        assert client.get(path).status_code == 401
        key = {"Authorization": f"Bearer {token('uploader', state=27)}"}
        assert client.get(path, headers=key).status_code == 403


def test_everybody_is_told_states_and_weeks_and_nothing_finer(everybody, analyst):
    listed = everybody("/releases/1").json["layers"]
    assert {each["name"] for each in listed} == LAYERS - {"release_atoms"}
    levels = {file["level"] for each in listed for file in each["files"]}
    assert levels == {"state"}
    mine = everybody("/releases/1/release_flows.csv")
    assert mine.headers["Cache-Control"] == f"public, {LASTING}"
    theirs = analyst("/releases/1/release_flows.csv?level=state")
    assert theirs.headers["Cache-Control"] == f"private, {LASTING}"
    assert (mine.data, mine.headers["ETag"]) == (theirs.data, theirs.headers["ETag"])
    for path in ("release_flows.csv?level=district", "release_atoms.parquet"):
        assert everybody(f"/releases/1/{path}").status_code == 403


def test_all_files_of_a_release_tell_the_same_journeys(analyst, told):
    """Nothing is lost between the atoms, the lines, the places and /flows."""
    everyone = int(told["n"].sum())
    flows = analyst("/flows/district?k=1").json
    assert flows["total"] + flows["internal"] == everyone
    by_atom = rows(analyst("/releases/1/release_atoms.csv"))
    assert (len(by_atom), total(by_atom)) == (told.height, everyone)
    assert {int(each["id"]) for each in by_atom} == set(told["object_id"])
    assert total(by_atom, "n_low") == told["low"].sum()
    assert total(by_atom, "n_high") == told["high"].sum()
    lines = rows(analyst("/releases/1/release_flows.csv?level=district"))
    assert total(lines) == flows["total"]
    for name in ("release_arrivals", "release_departures"):
        places = rows(analyst(f"/releases/1/{name}.csv?level=district"))
        assert total(places) == flows["total"]
        assert total(places, "internal") == flows["internal"]
    states = analyst("/flows/state?k=1").json
    lines = rows(analyst("/releases/1/release_flows.csv?level=state"))
    assert total(lines) == states["total"]


@settings(max_examples=12, deadline=None)
@given(
    first=st.dates(date(2020, 4, 20), date(2020, 7, 5)),
    days=st.integers(0, 60),
    level=st.sampled_from(["district", "state"]),
)
def test_any_days_of_any_layer_sum_to_what_flows_tells(analyst, first, days, level):
    window = f"from={first}&to={first + timedelta(days=days)}"
    told = analyst(f"/flows/{level}?{window}&k=1").json
    atoms = rows(analyst(f"/layers/release_atoms.csv?{window}"))
    assert total(atoms) == told["total"] + told["internal"]
    lines = rows(analyst(f"/layers/release_flows.csv?{window}&level={level}"))
    assert total(lines) == told["total"]
    places = rows(analyst(f"/layers/release_arrivals.csv?{window}&level={level}"))
    assert (total(places), total(places, "internal")) == (
        told["total"],
        told["internal"],
    )


def test_what_has_no_place_stands_in_every_table(analyst, told):
    nowhere = told.filter(pl.col("origin_code") == REST).height
    assert nowhere > 0
    found = rows(analyst("/releases/1/release_atoms.csv"))
    placeless = [each for each in found if not each["wkt"]]
    assert len(placeless) >= nowhere
    lines = rows(analyst("/layers/release_flows.csv"))
    geojson = analyst("/layers/release_flows.geojson?k=20000").json["features"]
    assert {int(each["id"]) for each in lines} == {each["id"] for each in geojson}


def test_bounds_are_those_of_geojson(analyst):
    names = ("n", "n_low", "n_high", "level")
    for query in ("", "?from=2020-05-11&to=2020-05-17", "?mode=bus", "?level=state"):
        more = "&k=20000" if query else "?k=20000"
        geojson = analyst(f"/layers/release_flows.geojson{query}{more}").json
        assert {
            each["id"]: tuple(each[name] for name in names)
            for each in rows(analyst(f"/layers/release_flows.csv{query}"))
        } == {
            str(each["id"]): tuple(str(each["properties"][name]) for name in names)
            for each in geojson["features"]
        }


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/releases/7", 404, "unknown_release"),
        ("/releases/7/release_flows.csv", 404, "unknown_release"),
        ("/releases/one", 404, "not_found"),
        ("/releases/0", 422, "invalid_parameters"),
        ("/releases/99999999999", 422, "invalid_parameters"),
        ("/releases/1/flows.csv", 404, "unknown_layer"),
        ("/releases/1/districts.csv", 404, "unknown_layer"),
        ("/releases/1/release_flows.shp", 404, "unknown_format"),
        ("/releases/1/release_atoms.pmtiles", 404, "unknown_format"),
        ("/releases/1/release_atoms.csv?level=state", 422, "bad_question"),
        ("/releases/1/release_flows.csv?level=village", 422, "invalid_parameters"),
        ("/releases/1/release_flows.csv?mode=bus", 422, "invalid_parameters"),
    ],
)
def test_what_there_is_not_is_told_with_what_there_is(analyst, path, status, code):
    answer = analyst(path)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    if code == "unknown_release":
        assert answer.json["detail"] == "no release 7; published: 1"
    if code == "unknown_layer":
        assert "release_atoms" in answer.json["detail"]


def test_a_later_release_changes_nothing_at_the_addresses_of_an_earlier_one(
    app, analyst, database, told
):
    paths = [
        "/releases/1/release_atoms.csv",
        "/releases/1/release_flows.csv?level=district",
        "/releases/1/release_arrivals.pmtiles?level=state",
        "/releases/1/release_flows.pmtiles?level=district",
    ]
    before = [analyst(path) for path in paths]
    newest = analyst("/layers/release_flows.csv").headers["ETag"]
    with database.owner.begin() as db:
        add(db, [flow(MUMBAI, PUNE, 4_000, day="2020-09-15")])
    key = release_key(app.extensions["settings"].var, may_make=True)
    make(database.owner, key=key, today=TODAY)
    folder = app.extensions["exports"].folder
    for each in folder.glob("*.*"):
        if each.is_file():
            each.unlink()
    after = [analyst(path) for path in paths]
    assert [(a.data, a.headers["ETag"]) for a in after] == [
        (b.data, b.headers["ETag"]) for b in before
    ]
    assert analyst("/layers/release_flows.csv").headers["ETag"] != newest
    listed = analyst("/releases").json["releases"]
    assert [each["release"] for each in listed] == [2, 1]
    second = rows(analyst("/releases/2/release_atoms.csv"))
    assert total(second) == total(rows(after[0])) + sum(
        atoms(database).filter(pl.col("week") > told["week"].max())["n"]
    )
    assert orjson.loads(analyst("/releases/7").data)["detail"].endswith("1, 2")

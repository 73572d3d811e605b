"""An analyst reads the release: it adds up, and nothing exact is reachable."""

import orjson
import pytest
from sqlalchemy import delete, select, update

from boundaries.version import bump
from gis_service.secrets import release_key
from layers.cube.released import REST
from movements.flow import FLOW_DAY
from movements.release.make import make
from movements.release.tables import (
    CATEGORY_RELEASE,
    FLOW_RELEASE,
    RELEASE,
    RELEASE_WEEK,
)
from tests.bench import crowd
from tests.flow_rows import MUMBAI, PUNE, add, flow
from tests.layers.cube.test_released import MONDAY, TODAY, lies_in, windows

PEOPLE = 60_000


@pytest.fixture(scope="module")
def analyst(app, database, token):
    """Asks as an analyst, over a release of a small demonstration."""
    rows = crowd.counted(crowd.crowd(database, PEOPLE)).to_dicts()
    with database.owner.begin() as db:
        add(db, rows)
    key = release_key(app.extensions["settings"].var, may_make=True)
    make(database.owner, key=key, today=TODAY)
    header = {"Authorization": f"Bearer {token('analyst')}"}
    client = app.test_client()
    yield lambda path: client.get(path, headers=header)
    with database.owner.begin() as db:
        for table in (RELEASE_WEEK, RELEASE, FLOW_RELEASE, CATEGORY_RELEASE, FLOW_DAY):
            db.execute(delete(table))


@pytest.fixture(scope="module")
def atoms(analyst, database):
    with database.release.connect() as db:
        return db.execute(select(FLOW_RELEASE)).all()


@pytest.mark.parametrize("level", ["country", "state", "district", "cluster"])
def test_every_level_adds_up_to_the_atoms(analyst, atoms, level):
    more = "&zoom=5" if level == "cluster" else ""
    for first, last in list(windows())[::5]:
        found = analyst(f"/flows/{level}?from={first}&to={last}&k=20000{more}").json
        inside = [atom for atom in atoms if lies_in(atom, first, last)]
        assert found["total"] + found["internal"] == sum(atom.n for atom in inside)
        assert sum(edge["n"] for edge in found["edges"]) == found["shown"]
        assert found["shown"] + found["hidden"] == found["total"]
        assert found["n_high"] == sum(atom.n + 10 for atom in inside)
        assert found["n_low"] <= sum(max(6, atom.n - 10) for atom in inside)


def test_an_edge_says_how_many_there_are_at_least_and_at_most(analyst, atoms):
    found = analyst("/flows/district?k=20000").json
    assert found["about"] is True
    assert found["release"] == 1
    levels = {edge["level"] for edge in found["edges"]}
    assert {"district", "state_to_district", "state"} <= levels
    told = {}
    for atom in atoms:
        ends = (
            atom.origin or REST + (atom.origin_state or 0),
            atom.destination or REST + (atom.destination_state or 0),
        )
        told.setdefault(ends, []).append(atom.n)
    for edge in found["edges"]:
        parts = told[edge["origin"], edge["destination"]]
        assert edge["n"] == sum(parts)
        assert edge["n_high"] == edge["n"] + 10 * len(parts)
        assert edge["n_low"] == max(6 * len(parts), edge["n"] - 10 * len(parts))


def test_what_is_not_told_of_a_district_has_a_node_with_a_name(analyst):
    found = analyst("/flows/district?k=20000").json
    names = {node["code"]: node["name"] for node in found["nodes"]}
    assert names[REST + 10] == "Bihar (district not told)"
    points = {node["code"]: node["lon"] for node in found["nodes"]}
    assert points[REST + 10] is not None
    assert all(edge["origin"] in names for edge in found["edges"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("category=labour", "category"),
        ("stage=departed", "stage"),
        ("window=last7", "window"),
        ("versus_from=2020-05-01", "versus_from/versus_to"),
    ],
)
def test_what_a_release_does_not_tell_is_refused_with_what_it_does(
    analyst, query, field
):
    answer = analyst(f"/flows/state?{query}")
    assert (answer.status_code, answer.json["code"]) == (422, "bad_question")
    assert answer.json["errors"][0]["field"] == field


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/flows/4/11/6.mvt",
        "/tiles/arrivals/4/11/6.mvt",
        "/layers/departures.geojson",
        "/layers/flows.geojson",
        "/layers/routes.geojson",
        "/api/v1/batches/x",
    ],
)
def test_an_analyst_reads_nothing_exact(analyst, path):
    assert analyst(path).status_code == 403


def test_no_answer_follows_the_exact_flows(analyst, database):
    paths = [
        "/flows/state",
        "/flows/district?k=20000",
        "/flows/district?unit=482&mode=bus",
        "/flows/cluster?zoom=4",
        "/flows/state?window=2020-W20",
        "/flows/state?from=2020-05-20",
    ]
    before = [(analyst(path).data, analyst(path).headers["ETag"]) for path in paths]
    with database.owner.begin() as db:
        db.execute(update(FLOW_DAY).values(n=FLOW_DAY.c.n + 1_000))
        add(db, [flow(MUMBAI, PUNE, 77_777, day=MONDAY, status="arrived")])
    after = [(analyst(path).data, analyst(path).headers["ETag"]) for path in paths]
    assert after == before


def test_repeats_and_encodings_give_the_same_bytes(analyst):
    one = analyst("/flows/state?k=500")
    assert analyst("/flows/state?k=500").data == one.data
    again = analyst("/flows/state?to=2020-12-31&k=500&from=2020-01-01")
    told = orjson.loads(again.data), orjson.loads(one.data)
    assert told[0]["edges"] == told[1]["edges"]
    assert told[0]["nodes"] == told[1]["nodes"]


def test_without_a_release_an_analyst_is_told_so(analyst, database):
    with database.owner.begin() as db:
        db.execute(delete(RELEASE_WEEK))
        db.execute(delete(RELEASE))
        bump(db, "release")
    answer = analyst("/flows/state")
    assert (answer.status_code, answer.json["code"]) == (404, "no_release")

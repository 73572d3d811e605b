"""A reader takes a whole layer as a file: whole, in parts, again, only their own."""

import csv
import io
import stat
import threading

import geopandas
import pytest

from gis_service import exports
from layers.files import FORMATS
from tests.flow_rows import (
    BIHAR,
    KERALA,
    MAHARASHTRA,
    MUMBAI,
    PUNE,
    add,
    add_route,
    flow,
    two_of,
)

CANARY = 7_654_321
DISTRICTS = "/layers/districts.csv"


@pytest.fixture(scope="module", autouse=True)
def journeys(database):
    """Flows of Maharashtra and Bihar, and a loud one of others."""
    with database.owner.begin() as db:
        bihar, kerala = two_of(db, BIHAR), two_of(db, KERALA)
        add(db, [flow(MUMBAI, bihar[0], 12), flow(PUNE, MUMBAI, 4)])
        add(db, [flow(PUNE, bihar[1], 3, day="2020-06-20", mode="bus")])
        add(db, [flow(PUNE, PUNE, 5), flow(bihar[1], kerala[0], CANARY)])
        add_route(db, MUMBAI, bihar[0], 12)
        add_route(db, bihar[1], kerala[0], CANARY)


@pytest.fixture(scope="module")
def state(app, token):
    """``state(path, state=27, **headers)``: asks as an officer of a state."""
    keys, client = {}, app.test_client()

    def asks(path, state=MAHARASHTRA, method="get", **headers):
        bearer = keys.setdefault(state, token("state", state=state))
        sent = {"Authorization": f"Bearer {bearer}"} | headers
        return getattr(client, method)(path, headers=sent)

    return asks


@pytest.fixture
def folder(app):
    return app.extensions["exports"].folder


@pytest.fixture
def making(monkeypatch):
    """What is really made, by its format."""
    made, make = [], exports._made

    def counted(asked, file):
        made.append(asked.form.suffix)
        make(asked, file)

    monkeypatch.setattr(exports, "_made", counted)
    return made


def rows(answer) -> list[dict]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_is_a_named_file_with_its_type(client, suffix):
    answer = client.get(f"/layers/states.{suffix}")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == FORMATS[suffix].media_type
    assert answer.headers["Content-Length"] == str(len(answer.data))
    assert answer.headers["Accept-Ranges"] == "bytes"
    named = f'attachment; filename="nmis_states.{suffix}"'
    assert answer.headers["Content-Disposition"] == named
    assert answer.headers["Cache-Control"].startswith("public")
    assert answer.headers["ETag"].startswith('"')
    assert "Content-Encoding" not in answer.headers


def test_the_catalogue_leads_to_every_file(client):
    listed = {
        each["name"]: each["files"] for each in client.get("/layers").json["layers"]
    }
    assert set(listed["districts"]) == set(FORMATS)
    assert "pmtiles" not in listed["release_atoms"]
    for address in listed["states"].values():
        path = address.removeprefix("http://localhost")
        assert client.head(path).status_code == 200


def test_a_name_tells_the_layer_the_level_and_the_days(state):
    answer = state("/layers/flows.csv?from=2020-05-01&to=2020-05-31&level=state")
    name = answer.headers["Content-Disposition"].partition("filename=")[2]
    assert name == '"nmis_flows_state_2020-05-01_2020-05-31.csv"'


def test_it_is_made_once_and_asked_again_for_nothing(client, making, folder):
    path = f"{DISTRICTS}?bbox=70,10,80,21"
    first = client.get(path)
    assert first.data == client.get(path).data
    assert making == ["csv"]
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get(path, headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_a_reader_has_already_is_not_even_made(state, folder, making):
    path = "/layers/arrivals.csv?from=2020-05-09"
    etag = state(path).headers["ETag"]
    for each in folder.glob("*.csv"):
        each.unlink()
    making.clear()
    assert state(path, **{"If-None-Match": f"W/{etag}"}).status_code == 304
    assert making == []


def test_after_an_eviction_the_bytes_are_the_same(client, folder):
    before = client.get("/layers/states.gpkg")
    for each in folder.glob("*.gpkg"):
        each.unlink()
    after = client.get("/layers/states.gpkg")
    assert after.data == before.data
    assert after.headers["ETag"] == before.headers["ETag"]


def test_head_tells_the_length_and_sends_nothing(client):
    whole, head = client.get(DISTRICTS), client.head(DISTRICTS)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("Content-Length", "ETag", "Accept-Ranges", "Content-Type"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=40000-", 40_000, None),
        ("bytes=-100", -100, None),
        ("bytes=-99999999", 0, None),
        ("bytes=0-99999999", 0, None),
    ],
)
def test_a_part_is_those_bytes_of_the_whole(client, asked, begin, end):
    whole = client.get(DISTRICTS).data
    part = client.get(DISTRICTS, headers={"Range": asked})
    assert part.status_code == 206
    assert part.data == whole[begin:end]
    first = len(whole) - len(part.data) if end is None else begin
    last = first + len(part.data) - 1
    assert part.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole)}"
    assert part.headers["Content-Length"] == str(len(part.data))


def test_a_part_behind_the_end_is_told_with_the_length(client):
    size = len(client.get(DISTRICTS).data)
    answer = client.get(DISTRICTS, headers={"Range": f"bytes={size}-"})
    assert (answer.status_code, answer.json["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["Content-Range"] == f"bytes */{size}"


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "bytes=5-4", "bytes=-0", "rows=0-1", "bytes=a-b", ""]
)
def test_what_is_no_single_part_of_bytes_gives_the_whole(client, asked):
    whole = client.get(DISTRICTS)
    answer = client.get(DISTRICTS, headers={"Range": asked})
    assert (answer.status_code, answer.data) == (200, whole.data)


def test_a_part_of_another_file_than_the_reader_has_is_the_whole(client):
    etag = client.get(DISTRICTS).headers["ETag"]
    mine = {"Range": "bytes=0-9", "If-Range": etag}
    assert client.get(DISTRICTS, headers=mine).status_code == 206
    for other in ('"another"', "Sat, 01 Feb 2020 00:00:00 GMT"):
        answer = client.get(DISTRICTS, headers=mine | {"If-Range": other})
        assert answer.status_code == 200


def test_of_many_who_ask_at_once_one_waits_for_another(app, making):
    found = []

    def ask():
        found.append(app.test_client().get("/layers/districts.csv?bbox=70,10,80,20"))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {answer.status_code for answer in found} == {200}
    assert len({answer.data for answer in found}) == 1
    assert making == ["csv"]


@pytest.mark.parametrize("name", ["flows", "arrivals", "departures", "routes"])
def test_a_file_is_its_readers_own(state, name):
    mine, other = (state(f"/layers/{name}.csv", state=each) for each in (27, 10))
    assert mine.headers["ETag"] != other.headers["ETag"]
    assert mine.data != other.data
    assert str(CANARY) not in mine.text
    assert str(CANARY) in state(f"/layers/{name}.csv", state=KERALA).text or (
        name == "departures"
    )
    assert mine.headers["Cache-Control"] == "private, no-cache"
    assert mine.headers["Vary"] == "Authorization, Cookie"
    crossed = state(f"/layers/{name}.csv", **{"If-None-Match": other.headers["ETag"]})
    assert crossed.status_code == 200


@pytest.mark.parametrize("suffix", FORMATS)
def test_who_may_not_read_the_layer_may_not_read_its_files(client, token, suffix):
    path = f"/layers/flows.{suffix}"
    assert client.get(path).status_code == 401
    key = {"Authorization": f"Bearer {token('uploader', state=MAHARASHTRA)}"}
    assert client.get(path, headers=key).status_code == 403
    assert client.head(path, headers=key).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?level=state",
        "?mode=bus",
        "?from=2020-06-01",
        "?window=2020-W19&category=labour",
        "?unit=490&direction=out",
        "?bbox=72,18,74,20",
        "?k=1",
    ],
)
@pytest.mark.parametrize("name", ["flows", "arrivals"])
def test_filters_are_those_of_geojson(state, name, query):
    if name == "arrivals" and "k=" in query:
        assert state(f"/layers/{name}.csv{query}").status_code == 422
        return
    lines = state(f"/layers/{name}.geojson{query}").json["features"]
    found = rows(state(f"/layers/{name}.csv{query}"))
    assert {int(each["id"]): int(each["n"]) for each in found} == {
        each["id"]: each["properties"]["n"] for each in lines
    }


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/layers/districts.shp", 404, "unknown_format"),
        ("/layers/ghosts.csv", 404, "unknown_layer"),
        ("/layers/districts.csv?mode=bus", 422, "bad_question"),
        ("/layers/districts.csv?limit=5", 422, "invalid_parameters"),
        ("/layers/districts.csv?colour=red", 422, "invalid_parameters"),
        ("/layers/districts.pmtiles?bbox=70,10,80,20", 422, "bad_question"),
        ("/layers/districts.csv?bbox=9,9,1,1", 422, "invalid_parameters"),
        ("/layers/flows.csv?k=0", 422, "invalid_parameters"),
    ],
)
def test_what_cannot_be_had_is_told_with_what_can(client, path, status, code):
    answer = client.get(path)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    if code == "unknown_format":
        for suffix in FORMATS:
            assert suffix in answer.json["detail"]


@pytest.mark.parametrize("query", ["", "?level=state", "?from=2020-05-01&mode=train"])
def test_a_files_people_are_those_of_flows(state, query):
    level = "state" if "level=state" in query else "district"
    asked = query.replace("level=state", "")
    told = state(f"/flows/{level}{asked}").json
    lines = rows(state(f"/layers/flows.csv{query}"))
    assert sum(int(each["n"]) for each in lines) == told["total"]
    arrived = rows(state(f"/layers/arrivals.csv{query}"))
    assert sum(int(each["n"]) for each in arrived) == told["total"]


def test_every_row_comes_without_asking_how_many(database, state):
    with database.owner.begin() as db:
        there = two_of(db, 9)
        add(db, [flow(MUMBAI, each, 2, day="2021-01-05") for each in there])
    found = rows(state("/layers/flows.csv?from=2021-01-01"))
    assert len(found) == 2
    assert {each["shown"] for each in found} == {each["total"] for each in found}


def test_a_file_made_apart_reads_the_flows_of_its_reader_only(state, tmp_path):
    for at in (MAHARASHTRA, KERALA):
        body = state("/layers/flows.fgb?to=2020-12-31", state=at).data
        path = tmp_path / f"{at}.fgb"
        path.write_bytes(body)
        found = geopandas.read_file(path)
        told = state("/flows/district?to=2020-12-31", state=at).json
        assert found.n.sum() == told["total"]
        assert (CANARY in set(found.n)) is (at == KERALA)


def test_a_process_that_fails_is_our_fault_and_leaves_nothing(
    state, folder, monkeypatch
):
    monkeypatch.setattr("gis_service.file_maker.sys.executable", "/bin/false")
    answer = state("/layers/flows.gpkg?from=2020-05-02")
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert not list(folder.glob("*.part"))
    monkeypatch.undo()
    assert state("/layers/flows.gpkg?from=2020-05-02").status_code == 200


def test_a_full_disk_is_told(state, monkeypatch):
    monkeypatch.setattr("gis_service.shelf.LEAST_FREE", 2**62)
    answer = state("/layers/flows.csv?from=2020-05-03")
    assert (answer.status_code, answer.json["code"]) == (507, "no_room")

"""An officer looks at maps, over HTTP, from the catalogue to the last tile."""

import gzip

import mapbox_vector_tile
import pytest

from tests.flow_rows import (
    BIHAR,
    MAHARASHTRA,
    MUMBAI,
    PUNE,
    add,
    add_route,
    flow,
    two_of,
)

DAY = "from=2020-05-10&to=2020-05-10"


@pytest.fixture(scope="module")
def patna(database):
    with database.owner.begin() as db:
        there, _ = two_of(db, BIHAR)
        add(db, [flow(MUMBAI, there, 700), flow(PUNE, there, 50), flow(PUNE, PUNE, 8)])
        add_route(db, MUMBAI, there, 700)
        return there


@pytest.fixture
def key(token):
    return {"Authorization": f"Bearer {token('state', state=MAHARASHTRA)}"}


def test_from_the_catalogue_to_a_tile(client, key, patna):
    layers = {each["name"]: each for each in client.get("/layers").json["layers"]}
    assert layers["districts"]["public"] is True
    found = client.get(
        layers["flows"]["links"]["tilejson"], headers=key, query_string=DAY
    )
    (address,) = found.json["tiles"]
    assert address == f"http://localhost/tiles/flows/{{z}}/{{x}}/{{y}}.mvt?{DAY}"
    address = address.replace("{z}", "3").replace("{x}", "5").replace("{y}", "3")
    tile = client.get(address, headers=key)
    assert tile.mimetype == "application/vnd.mapbox-vector-tile"
    inside = mapbox_vector_tile.decode(tile.data)
    flows, units = inside["flows"]["features"], inside["nodes"]["features"]
    assert sorted(each["properties"]["n"] for each in flows) == [50, 700]
    assert {each["properties"]["total"] for each in flows} == {750}
    arrived = {each["id"]: each["properties"]["in"] for each in units}
    assert arrived[patna] == 750
    style = client.get(layers["flows"]["links"]["style"]).json
    assert style["sources"]["flows"]["url"].endswith("/tiles/flows.json")


def test_boundaries_need_no_token_and_may_be_kept_by_anybody(client):
    answer = client.get("/tiles/districts/4/11/6.mvt")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=300, must-revalidate"
    assert "Set-Cookie" not in answer.headers
    assert set(answer.vary) == {"Accept-Encoding"}


def test_the_second_time_nothing_is_sent_until_an_upload_changes_it(
    client, key, patna, database
):
    paths = {"bus": f"/flows/state?{DAY}", "train": f"/tiles/arrivals/3/5/3.mvt?{DAY}"}
    for mode, path in paths.items():
        first = client.get(path, headers=key)
        assert first.headers["Cache-Control"] == "private, no-cache"
        assert {"Authorization", "Cookie"} <= set(first.vary)
        again = key | {"If-None-Match": first.headers["ETag"]}
        second = client.get(path, headers=again)
        assert (second.status_code, second.data) == (304, b"")
        assert second.headers["ETag"] == first.headers["ETag"]
        with database.owner.begin() as db:
            add(db, [flow(MUMBAI, patna, 1, category="other", mode=mode)])
        third = client.get(path, headers=again)
        assert third.status_code == 200
        assert third.data != first.data


def test_a_304_asks_the_database_for_no_geometry(client, key, patna, monkeypatch):
    path = f"/tiles/arrivals/3/5/3.mvt?{DAY}"
    tag = client.get(path, headers=key).headers["ETag"]

    def never(*_, **__):
        raise AssertionError("geometry was touched")

    monkeypatch.setattr("layers.formats.mvt.tile_bytes", never)
    assert client.get(path, headers=key | {"If-None-Match": tag}).status_code == 304
    assert client.get(path, headers=key).status_code == 200  # from the cache


def test_an_empty_tile_is_204_and_keeps_its_tag(client):
    answer = client.get("/tiles/districts/5/10/15.mvt")
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["ETag"]


def test_head_says_what_get_would_without_a_body(client):
    head = client.head("/tiles/districts/4/11/6.mvt")
    get = client.get("/tiles/districts/4/11/6.mvt")
    assert head.data == b""
    assert head.headers["Content-Length"] == get.headers["Content-Length"]
    assert head.headers["ETag"] == get.headers["ETag"]
    assert client.head("/layers/states.geojson").status_code == 200


def test_gzip_is_sent_where_it_is_accepted(client, key):
    packed = {"Accept-Encoding": "gzip"}
    for path in ("/tiles/districts/4/11/6.mvt", "/layers/states.geojson"):
        plain = client.get(path)
        answer = client.get(path, headers=packed)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(answer.data) == plain.data
        assert "Content-Encoding" not in plain.headers
    refused = client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_a_broken_reader_of_a_stream_leaves_no_connection_behind(client, database):
    before = database.read.pool.checkedout()
    for _ in range(12):
        answer = client.get("/layers/districts.geojson", buffered=False)
        next(answer.iter_encoded())
        answer.close()
    assert database.read.pool.checkedout() == before


def test_the_flows_json_conserves_people(client, key, patna):
    for level in ("country", "state", "district"):
        for k in (1, 1000):
            found = client.get(f"/flows/{level}?k={k}", headers=key).json
            assert found["shown"] + found["hidden"] == found["total"]
            assert sum(each["n"] for each in found["edges"]) == found["shown"]
            assert sum(each["in"] for each in found["nodes"]) == found["total"]
            assert sum(each["out"] for each in found["nodes"]) == found["total"]
            inside = sum(each["internal"] for each in found["nodes"])
            assert inside == found["internal"]
            everyone = found["total"] + found["internal"]
            assert (
                everyone == client.get("/flows/country", headers=key).json["internal"]
            )


def test_what_was_asked_is_echoed_and_the_default_window_is_all_the_data(
    client, key, patna
):
    asked = client.get("/flows/state?from=2020-05-01&to=2020-05-31", headers=key).json
    assert (asked["from"], asked["to"]) == ("2020-05-01", "2020-05-31")
    whole = client.get("/flows/state", headers=key).json
    assert (whole["from"], whole["to"]) == ("2020-05-10", "2020-05-10")


def test_a_unit_may_be_named(client, key, patna):
    by_code = client.get(f"/flows/district?unit={PUNE}&direction=out", headers=key).json
    by_name = client.get("/flows/district?unit=Pune&direction=out", headers=key).json
    assert by_code == by_name
    assert by_code["total"] == 50


def test_a_route_is_shown_with_its_states_in_order(client, key, patna, database):
    (found,) = client.get("/layers/routes.geojson", headers=key).json["features"]
    path = f"/api/v1/routes/{found['properties']['route_id']}"
    route = client.get(path, headers=key).json
    assert [each["code"] for each in route["states"]] == [MAHARASHTRA, BIHAR]
    assert route["states"][1]["name_hi"] == "बिहार"
    assert route["path"]["type"] == "LineString"
    assert route["people"] == 700
    assert route["kind"] == "schematic"
    assert client.get(path).status_code == 401


def test_behind_a_public_address_links_carry_it(database, tmp_path):
    from gis_service.app import create_app
    from gis_service.settings import Settings

    at = "https://gis.example/nmis"
    made = create_app(Settings(var=tmp_path, public_url=f"{at}/"), database)
    found = made.test_client().get("/tiles/districts.json").json
    assert found["tiles"] == [f"{at}/tiles/districts/{{z}}/{{x}}/{{y}}.mvt"]


def test_a_filter_sent_twice_is_refused_and_not_dropped(client, key, patna):
    twice = "/flows/state?from=2020-05-01&from=2020-05-02"
    answer = client.get(twice, headers=key)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "from"
    several = client.get("/flows/state?mode=train&mode=bus", headers=key)
    assert several.status_code == 200

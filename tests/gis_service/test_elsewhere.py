"""Pages of other addresses read data with a token of their own, and nothing else."""

import pytest

from gis_service.elsewhere import DATA

ORIGIN = {"Origin": "https://portal.example"}
READABLE = (
    "/boundaries/lineage.csv",
    "/flows/state",
    "/layers",
    "/layers/states.geojson",
    "/layers/ghosts.geojson",
    "/maps/background.geojson",
    "/ogc/",
    "/ogc/collections/states/items",
    "/styles/states.json",
    "/tiles/states.json",
    "/tiles/districts/4/11/6.mvt",
)
OURS_ALONE = (
    "/",
    "/maps/flows",
    "/sign-in",
    "/api/v1/batches/x",
    "/api/v1/routes/00000000-0000-0000-0000-000000000000",
    "/health",
    "/docs",
)


@pytest.mark.parametrize("path", READABLE)
def test_a_foreign_page_may_read_data_and_why_it_got_none(client, path):
    for _ in range(2):  # the second may be one that is kept before Flask
        headers = client.get(path, headers=ORIGIN).headers
        assert headers.getlist("Access-Control-Allow-Origin") == ["*"]


@pytest.mark.parametrize("path", READABLE)
def test_it_may_ask_with_a_token(client, path):
    before = client.options(
        path,
        headers=ORIGIN
        | {
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization",
        },
    )
    allowed = before.headers.get("Access-Control-Allow-Headers", "").split(", ")
    assert before.status_code == 200
    assert "Authorization" in allowed
    assert before.headers["Access-Control-Allow-Methods"] == "GET, HEAD"


@pytest.mark.parametrize("path", [*READABLE, *OURS_ALONE])
def test_it_never_asks_with_the_cookie_of_who_is_signed_in(client, path):
    for method in ("GET", "OPTIONS"):
        headers = client.open(path, method=method, headers=ORIGIN).headers
        assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize("path", OURS_ALONE)
def test_pages_and_whatever_is_about_people_allow_nothing(client, path):
    for method in ("GET", "OPTIONS"):
        headers = client.open(path, method=method, headers=ORIGIN).headers
        assert not [name for name, _ in headers if name.startswith("Access-Control")]


def test_every_address_of_data_is_one_that_changes_nothing(app):
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(DATA):
            assert rule.methods <= {"GET", "HEAD", "OPTIONS"}, rule.rule


def test_the_files_of_a_saved_map_have_addresses_that_stay(client):
    for name in ("leaflet.js", "leaflet.css"):
        leads = client.get(f"/assets/{name}")
        assert leads.status_code == 302
        assert leads.headers["Cache-Control"] == "public, max-age=300"
        with client.get(leads.headers["Location"]) as file:
            assert file.status_code == 200
            assert "immutable" in file.headers["Cache-Control"]
    assert client.get("/assets/flow-map.js").status_code == 404

"""A reader goes through a layer page by page."""

import pytest

from tests.flow_rows import KERALA, MAHARASHTRA


def through(client, address, **how):
    """Every page from an address on."""
    while address:
        answer = client.get(address, **how)
        assert answer.status_code == 200, answer.text
        yield answer
        links = {each["rel"]: each["href"] for each in answer.json["links"]}
        address = links.get("next", "").removeprefix("http://localhost")


@pytest.mark.parametrize("limit", [1, 5, 36, 37, 10_000])
def test_all_pages_together_are_the_layer(client, limit):
    every = client.get("/layers/states.geojson").json
    found = []
    for page in through(client, f"/layers/states.geojson?limit={limit}"):
        assert page.json["numberReturned"] == len(page.json["features"]) <= limit
        assert page.json["attribution"] == every["attribution"]
        found += page.json["features"]
    numbers = [each["id"] for each in found]
    assert numbers == sorted(set(numbers))
    assert {each["id"]: each for each in found} == {
        each["id"]: each for each in every["features"]
    }


def test_filters_go_on_to_the_next_page(client):
    address = "/layers/states.geojson?limit=1&bbox=76.0,9.0,77.0,10.0"
    pages = list(through(client, address))
    names = [page.json["features"][0]["properties"]["name"] for page in pages]
    assert names == ["Kerala", "Tamil Nadu"]


def test_an_empty_page_is_no_error(client):
    found = client.get("/layers/states.geojson?limit=5&bbox=0,0,1,1").json
    assert (found["features"], found["numberReturned"]) == ([], 0)
    assert [each["rel"] for each in found["links"]] == ["self"]


def test_a_page_has_its_tag_and_may_be_kept_by_anybody(client):
    first = client.get("/layers/states.geojson?limit=5")
    assert first.headers["Cache-Control"].startswith("public")
    again = {"If-None-Match": first.headers["ETag"]}
    assert (
        client.get("/layers/states.geojson?limit=5", headers=again).status_code == 304
    )
    head = client.head("/layers/states.geojson?limit=5")
    assert head.headers["Content-Length"] == str(len(first.data))
    other = client.get("/layers/states.geojson?limit=6")
    assert other.headers["ETag"] != first.headers["ETag"]


def test_a_page_of_a_private_layer_needs_a_token_and_is_private(client, token):
    address = "/layers/arrivals.geojson?limit=5"
    assert client.get(address).status_code == 401
    tags = set()
    for state in (MAHARASHTRA, KERALA):
        key = {"Authorization": f"Bearer {token('state', state=state)}"}
        answer = client.get(address, headers=key)
        assert answer.json["numberReturned"] == 5
        assert answer.headers["Cache-Control"] == "private, no-cache"
        tags.add(answer.headers["ETag"])
    assert len(tags) == 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=10001", "limit"),
        ("limit=many", "limit"),
        ("limit=5&limit=6", "limit"),
        ("limit=5&after=", "after"),
        ("limit=5&after=xx", "after"),
        ("limit=5&after=%00", "after"),
        ("limit=5&after=ZGlzdHJpY3RzOjI", "after"),
        ("limit=5&after=c3RhdGVzOjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "after"),
        ("after=c3RhdGVzOjI", "after"),
    ],
)
def test_what_cannot_be_is_told(client, query, field):
    answer = client.get(f"/layers/states.geojson?{query}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == field


def test_a_layer_without_numbers_has_no_pages(client, token):
    key = {"Authorization": f"Bearer {token('state', state=MAHARASHTRA)}"}
    answer = client.get("/layers/routes.geojson?limit=5", headers=key)
    assert answer.status_code == 422
    assert "routes" in answer.json["detail"]

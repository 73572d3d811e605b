"""The OpenAPI document is valid, complete, and refers to nothing outside."""

import orjson
import pytest
from openapi_spec_validator import validate

from gis_service.openapi import CONVERTER


@pytest.fixture
def document(client):
    return client.get("/openapi.json").json


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def test_the_document_is_valid(document):
    validate(document)
    assert document["openapi"].startswith("3.1")


def test_it_refers_to_nothing_outside(document):
    text = orjson.dumps(document).decode()
    refs = [part.split('"')[0] for part in text.split('"$ref":"')[1:]]
    assert refs
    assert all(each.startswith("#/") for each in refs)
    assert "http://" not in text
    assert "https://" not in text


def test_every_operation_says_who_may_call_it_and_how_it_fails(document):
    for path, method, operation in operations(document):
        assert operation["summary"], path
        answers = operation["responses"]
        assert {"422", "500"} <= set(answers), path
        assert "application/problem+json" in answers["422"]["content"], path
        secured = {"bearer": []} in operation["security"]
        assert secured == ("401" in answers), (path, method)


def test_flows_need_a_token_or_a_public_release_and_boundaries_do_not(document):
    paths = document["paths"]
    assert paths["/flows/{level}"]["get"]["security"] == [{}, {"bearer": []}]
    assert paths["/health"]["get"]["security"] == []
    tile = paths["/tiles/{layer}/{z}/{x}/{y}.mvt"]["get"]
    assert tile["security"] == [{}, {"bearer": []}]
    assert paths["/api/v1/batches"]["post"]["security"] == [{"bearer": []}]


def test_every_address_below_api_and_of_maps_data_is_in_it(app, document):
    roots = ("/api/", "/flows", "/tiles", "/layers", "/ogc", "/styles", "/health")
    roots += ("/ready", "/metrics", "/boundaries", "/portals", "/releases")
    served = {
        CONVERTER.sub(r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(roots)
    }
    assert served == set(document["paths"])


def test_the_page_loads_nothing_from_elsewhere(client):
    page = client.get("/docs").text
    assert "http://" not in page
    assert "https://" not in page
    for part in page.split('src="')[1:] + page.split('stylesheet" href="')[1:]:
        with client.get(part.split('"')[0]) as file:
            assert file.status_code == 200

"""Every endpoint of the document, by every role: let in by policy.csv or kept out."""

import pytest

from gis_service.people_plane import today
from tests.leaks.asking import asked
from tests.leaks.conftest import READERS, headers_of
from tests.leaks.oracle import fields, permissions, policy

ROLES = [None, *READERS]
UNAUTHORISED, FORBIDDEN, NOT_FOUND, GONE = 401, 403, 404, 410


@pytest.fixture(scope="module")
def document(app):
    return app.test_client().get("/openapi.json").json


def test_each_permission_that_an_endpoint_names_is_a_line_of_the_policy(document):
    listed = {line["permission"] for line in policy()}
    named = {
        (path, permission)
        for path, item in document["paths"].items()
        for operation in item.values()
        for permission in operation.get("x-permissions", ())
    }
    assert {each for each in named if each[1] not in listed} == set()


def test_each_endpoint_names_a_permission_or_is_known_to_be_open(document):
    unnamed = {
        f"{method.upper()} {path}"
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if not operation.get("x-permissions")
    }
    assert unnamed == OPEN


def test_each_permission_of_the_policy_is_asked_for_somewhere(app):
    asked_for = {
        permission.value
        for view in app.view_functions.values()
        for permission in view.__dict__.get("permission") or ()
    }
    assert {line["permission"] for line in policy()} - asked_for - INSIDE == set()


# Asked for within views that check by layer and reader (gis_service/readers.py).
INSIDE = {"scoped:flow:read", "release:flow:read"}


@pytest.mark.parametrize("reader", ROLES, ids=str)
def test_a_role_is_let_in_where_the_policy_says_so_and_nowhere_else(
    app, crowd, token, document, reader
):
    client = app.test_client()
    headers = headers_of(token, reader)
    may = permissions(reader.role) if reader else set()
    role = reader.role if reader else ""
    wrong = []
    for one in asked(document, crowd[:1], {}, role):
        if not one.permissions:
            continue
        status = _status(client, one, headers)
        if reader is None:
            right = status == UNAUTHORISED
        elif may.isdisjoint(one.permissions):
            right = status == FORBIDDEN
        else:
            right = status not in (UNAUTHORISED, FORBIDDEN) or _fresh(one)
        if not right:
            wrong.append((one.operation, status))
    assert wrong == []


@pytest.mark.parametrize("reader", READERS, ids=str)
def test_what_is_not_seen_of_people_does_not_exist(app, crowd, token, document, reader):
    """404 for each person whom the policy does not show, and never 403."""
    client = app.test_client()
    headers = headers_of(token, reader)
    may = permissions(reader.role)
    wrong = []
    for one in asked(document, crowd, {}, reader.role):
        reads = (
            one.method == "GET" and one.person and not may.isdisjoint(one.permissions)
        )
        if not reads:
            continue
        seen = bool(fields(reader, one.person, today=today()))
        if one.operation.endswith(("/events", "/corrections")):
            # The same empty list for those who are not there and those of others.
            told = client.get(one.path, headers=headers).json
            nothing = not any(value for name, value in told.items() if name != "id")
            if not seen and not nothing:
                wrong.append((one.operation, one.person.at))
            continue
        status = _status(client, one, headers)
        if (status != NOT_FOUND) != seen:
            wrong.append((one.operation, one.person.at, status, seen))
    assert wrong == []


def _status(client, one, headers) -> int:
    sent = {"json": one.body} if one.body is not None else {}
    return client.open(one.path, method=one.method, headers=headers, **sent).status_code


def _fresh(one) -> bool:
    # A bearer token is no fresh sign-in: an officer's step up is answered by 403.
    table = one.operation in TABLES and "f=csv" in one.path
    return table or one.operation.endswith("/reveal") or one.operation in FRESH


# Contacts are traced by who signed in a moment ago.
FRESH = ("POST /api/v1/traces", "POST /api/v1/traces/{trace}/decision")
TABLES = ("GET /api/v1/people", "GET /api/v1/movements")


# Open to all by name, so that a new endpoint is not open by forgetting. Those of layers
# check for themselves who reads (gis_service/readers.py).
OPEN = {
    f"GET {path}"
    for path in (
        *("/health", "/ready", "/portals", "/api/v1/retention"),
        *("/layers", "/layers/{layer}.{form}", "/layers/{layer}.geojson"),
        *("/flows/days", "/flows/{level}", "/styles/{name}.json"),
        *("/tiles/{layer}.json", "/tiles/{layer}/{z}/{x}/{y}.mvt"),
        *("/releases", "/releases/{release}", "/releases/{release}/{layer}.{form}"),
        *("/boundaries/lineage.json", "/boundaries/lineage.csv"),
        *("/ogc/", "/ogc/api", "/ogc/conformance", "/ogc/collections"),
        *("/ogc/collections/{layer}", "/ogc/collections/{layer}/schema"),
        "/ogc/collections/{layer}/items",
        "/ogc/collections/{layer}/items/{feature}",
        *("/api/v1/batches/template.csv", "/api/v1/batches/template.xlsx"),
        "/api/v1/about-data",
    )
}
# A person has no role: they show unique ID and mobile (tests/stories/test_own_data.py).
OPEN |= {
    f"POST /api/v1/own/{path}" for path in ("access", "requests", "requests/state")
}

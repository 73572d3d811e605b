"""One error shape for everything that can go wrong, on every address."""

from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

import boundaries.errors
import layers.errors
import movements.errors
import routes.errors
from gis_service import access
from gis_service.errors import CODES, TABLE
from tests.flow_rows import MAHARASHTRA

MEMBERS = {"type", "title", "status", "detail", "code", "instance"}
DOCS = Path(__file__).parents[2] / "docs" / "api.md"


def ours():
    for module in (boundaries.errors, layers.errors, movements.errors, routes.errors):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Exception):
                yield kind


def test_every_exception_of_ours_has_its_row_in_the_table():
    # The root of each rung's tree is never raised itself.
    untold = {"BoundaryError", "LayerError", "MovementError", "RouteError"}
    missing = {k.__name__ for k in ours() if k not in TABLE}
    assert missing == untold


def test_codes_are_stable_names_told_once_in_the_docs():
    text = DOCS.read_text()
    codes = {told.code for told in TABLE.values()} | set(CODES.values())
    codes |= {"internal_error", "invalid_parameters"}
    assert [code for code in sorted(codes) if f"`{code}`" not in text] == []


FAILURES = [
    ("GET", "/nowhere", 404, "not_found"),
    ("GET", "/api/v1/nowhere", 404, "not_found"),
    ("DELETE", "/health", 405, "method_not_allowed"),
    ("GET", "/flows/state", 401, "token_required"),
    ("GET", "/tiles/flows/4/11/6.mvt", 401, "token_required"),
    ("GET", "/tiles/ghosts/4/11/6.mvt", 404, "unknown_layer"),
    ("GET", "/tiles/districts/4/99/6.mvt", 404, "outside_grid"),
    ("GET", "/tiles/districts/20/1/1.mvt", 404, "outside_grid"),
    ("GET", "/tiles/districts/a/b/c.mvt", 404, "not_found"),
    ("GET", "/layers/ghosts.geojson", 404, "unknown_layer"),
    ("GET", "/layers/districts.shp", 404, "unknown_format"),
    ("GET", "/layers/districts", 404, "not_found"),
    ("GET", "/releases", 401, "token_required"),
    ("GET", "/releases/1/release_flows.csv", 401, "token_required"),
    ("GET", "/layers/districts.geojson?mode=bus", 422, "bad_question"),
    ("GET", "/layers/districts.geojson?bbox=9,9,1,1", 422, "invalid_parameters"),
    ("GET", "/layers/districts.geojson?bbox=nan,1,2,3", 422, "invalid_parameters"),
    ("GET", "/layers/districts.geojson?colour=red", 422, "invalid_parameters"),
    ("GET", "/styles/ghosts.json", 404, "unknown_layer"),
    ("POST", "/api/v1/batches", 401, "token_required"),
]
AS_OFFICER = [
    ("/flows/village", 422, "invalid_parameters"),
    ("/flows/state?from=2020-05-02&to=2020-05-01", 422, "bad_question"),
    ("/flows/state?from=05/01/2020", 422, "invalid_parameters"),
    ("/flows/state?k=0", 422, "invalid_parameters"),
    ("/flows/state?k=20001", 422, "invalid_parameters"),
    ("/flows/state?k=many", 422, "invalid_parameters"),
    ("/flows/state?mode=boat", 422, "invalid_parameters"),
    ("/flows/state?direction=up", 422, "invalid_parameters"),
    ("/flows/state?unit=Atlantis", 422, "unknown_unit"),
    ("/flows/district?unit=Aurangabad", 422, "ambiguous_unit"),
    ("/flows/district?unit=99999999999999999999", 422, "unknown_unit"),
    ("/flows/country?unit=1", 422, "bad_question"),
    ("/flows/state?unit=%00", 422, "unknown_unit"),
    ("/flows/state?mod=bus", 422, "invalid_parameters"),
    ("/api/v1/routes/00000000-0000-0000-0000-000000000000", 404, "unknown_route"),
    ("/api/v1/routes/1", 422, "invalid_parameters"),
]


def check(answer, status, code):
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert set(answer.json) >= MEMBERS
    assert answer.json["code"] == code
    assert answer.json["status"] == status
    assert answer.json["type"] == f"urn:nmis:problem:{code}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(("method", "path", "status", "code"), FAILURES)
def test_a_failure_without_a_token_has_the_one_shape(
    client, method, path, status, code
):
    check(client.open(path, method=method), status, code)


@pytest.mark.parametrize(("path", "status", "code"), AS_OFFICER)
def test_an_officers_failure_says_what_was_given(client, token, path, status, code):
    key = {"Authorization": f"Bearer {token('state', state=MAHARASHTRA)}"}
    answer = client.get(path, headers=key)
    check(answer, status, code)
    for fault in answer.json.get("errors", ()):
        assert {"field", "message", "value"} <= set(fault)


def test_our_own_fault_shows_a_reference_and_nothing_else(app, monkeypatch, caplog):
    def broken(_db):
        raise RuntimeError("postgresql://somebody:secret@host/x")

    monkeypatch.setattr("gis_service.endpoints.health.versions", broken)
    answer = app.test_client().get("/ready")
    check(answer, 500, "internal_error")
    assert "secret" not in answer.text
    assert "Error" not in answer.text.replace("internal_error", "")
    assert answer.json["reference"] in caplog.text


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PoolExhausted("QueuePool limit"), "busy"),
        (OperationalError("select secret", {}, Exception("host x")), "database_away"),
    ],
)
def test_a_database_in_trouble_is_503_in_our_words(app, monkeypatch, error, code):
    def broken(_db):
        raise error

    monkeypatch.setattr("gis_service.endpoints.health.versions", broken)
    answer = app.test_client().get("/ready")
    check(answer, 503, code)
    assert answer.headers["Retry-After"]
    assert "secret" not in answer.text


def test_the_table_tells_each_status_as_http_means_it():
    assert {told.status for told in TABLE.values()} <= {
        400, 401, 403, 404, 408, 409, 410, 413, 422, 429, 502, 503, 507,
    }  # fmt: skip
    assert TABLE[access.NoToken].status == 401

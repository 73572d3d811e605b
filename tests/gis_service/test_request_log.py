"""Requests are numbered, counted and logged, and nothing of what was asked is told."""

import dataclasses
import json
import logging
import re

import pytest

from gis_service import logs
from gis_service.app import create_app

BOLD = "unit=482&from=2020-05-10&to=2020-05-10"


@pytest.fixture
def lines(caplog):
    """What the log holds since."""
    caplog.set_level(logging.INFO, logger="nmis.request")
    return lambda: [
        json.loads(each.getMessage())
        for each in caplog.records
        if each.name == "nmis.request"
    ]


@pytest.fixture(scope="module")
def everything(app, database):
    """A client of a service that logs every request."""
    settings = dataclasses.replace(app.extensions["settings"], log="all")
    return create_app(settings, database).test_client()


@pytest.fixture(scope="module")
def operator(token):
    return {"Authorization": f"Bearer {token('operator')}"}


def test_every_answer_has_a_number_and_a_proxys_is_kept(app, database):
    behind = dataclasses.replace(app.extensions["settings"], proxies=1)
    client = create_app(behind, database).test_client()
    own = client.get("/health").headers["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{16}", own)
    assert client.get("/health").headers["X-Request-Id"] != own
    sent = {"X-Request-Id": "proxy-12345678"}
    assert (
        client.get("/health", headers=sent).headers["X-Request-Id"]
        == sent["X-Request-Id"]
    )
    for bad in ("short", "with space 1234", "x" * 65):
        told = client.get("/health", headers={"X-Request-Id": bad})
        assert told.headers["X-Request-Id"] != bad


def test_what_anybody_calls_a_request_is_not_kept(client):
    """Without a proxy of ours: the number stands in the audit log for ever."""
    sent = {"X-Request-Id": "9820012345-Namuna"}
    named = client.get("/health", headers=sent).headers["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{16}", named)


def test_words_of_anybody_are_no_methods_of_the_log_or_the_counts(
    client, operator, lines
):
    client.open("/api/v1/batches", method="X9820012345")
    counted = client.get("/metrics", headers=operator)
    assert counted.status_code == 200
    assert 'method="(other)"' in counted.text
    assert "9820012345" not in counted.text + str(lines())
    assert "(other)" in {each["method"] for each in lines()}


def test_an_answer_for_everybody_carries_nobodys_number(client):
    for _ in range(2):
        tile = client.get("/tiles/states/4/11/6.mvt")
        assert tile.status_code == 200
        assert "X-Request-Id" not in tile.headers


def test_a_line_names_the_address_as_the_code_has_it_and_nothing_asked(
    everything, token, lines
):
    key = {"Authorization": f"Bearer {token('state', state=27)}"}
    everything.get(f"/flows/district?{BOLD}", headers=key)
    everything.get("/api/v1/people/7ZZZ-ZZZZ/events", headers=key)
    flows, people = lines()
    assert flows["view"] == "/flows/<level>"
    assert (flows["method"], flows["status"]) == ("GET", 200)
    assert people["view"] == "/api/v1/people/<person>/events"
    told = json.dumps([flows, people])
    for secret in ("482", "2020-05-10", "7ZZZ", "nmis_", key["Authorization"][-12:]):
        assert secret not in told


def test_by_default_only_what_writes_fails_or_is_slow_leaves_a_line(client, lines):
    client.get("/health")
    assert lines() == []
    client.get("/nowhere")
    client.post("/api/v1/batches")
    assert [(each["view"], each["status"]) for each in lines()] == [
        ("(none)", 404), ("/api/v1/batches", 401),
    ]  # fmt: skip


def test_numbers_are_for_operators_and_add_up(client, token, operator):
    assert client.get("/metrics").status_code == 401
    officer = {"Authorization": f"Bearer {token('state', state=27)}"}
    assert client.get("/metrics", headers=officer).status_code == 403
    assert client.get("/flows/state", headers=operator).status_code == 403

    def health() -> float:
        text = client.get("/metrics", headers=operator).text
        found = re.search(
            r'nmis_requests_total\{method="GET",status="200",view="/health"\} (\S+)',
            text,
        )
        return float(found[1]) if found else 0.0

    before = health()
    for _ in range(3):
        assert client.get("/health").json == {"status": "ok"}
    assert health() == before + 3
    text = client.get("/metrics", headers=operator).text
    assert "nmis_request_seconds_bucket" in text
    assert "nmis_requests_under_way" in text


def test_uploads_are_counted_by_what_became_of_their_rows(client, token, operator):
    head = "name,age,category,origin_district,destination_district,travel_date,mode\n"
    ends = '"Pune, Maharashtra","Patna, Bihar"'
    rows = "".join(
        f"Namuna,{age},labour,{ends},2020-05-21,bus\n" for age in ("30", "x")
    )
    key = {
        "Authorization": f"Bearer {token('uploader', state=27)}",
        "Content-Type": "text/csv",
    }

    def taken(fate: str) -> float:
        text = client.get("/metrics", headers=operator).text
        found = re.search(rf'nmis_batch_rows_total\{{fate="{fate}"\}} (\S+)', text)
        return float(found[1]) if found else 0.0

    before = {fate: taken(fate) for fate in ("new", "refused")}
    sent = client.post("/api/v1/batches", data=(head + rows).encode(), headers=key)
    assert sent.status_code == 201
    assert {fate: taken(fate) - before[fate] for fate in before} == {
        "new": 1, "refused": 1,
    }  # fmt: skip


def test_the_log_is_an_object_a_line():
    made = logs.Lines()
    record = logging.LogRecord("nmis", logging.ERROR, __file__, 1, "a %s", ("b",), None)
    told = json.loads(made.format(record))
    assert (told["level"], told["logger"], told["message"]) == ("error", "nmis", "a b")
    line = '{"request":"1","status":200}'
    record = logging.LogRecord("nmis.request", logging.INFO, "", 1, line, None, None)
    assert json.loads(made.format(record))["status"] == 200

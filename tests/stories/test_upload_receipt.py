"""A state uploads a batch over HTTP and reads what became of each row."""

import csv
import gzip
import io
import json
from dataclasses import replace
from datetime import date

import made_up
import pytest
from sqlalchemy import func, select

from movements.tables import BATCH, MOVEMENT

GOOD = made_up.rows(1)[0]
PROBLEM = "application/problem+json"


def body(*changes) -> bytes:
    return made_up.csv_body([GOOD | each for each in changes])


def stored(database) -> int:
    with database.owner.connect() as db:
        return db.execute(select(func.count()).select_from(MOVEMENT)).scalar_one()


def test_an_upload_is_answered_with_a_receipt_that_can_be_read_again(post, fetch):
    answer = post(body({"source_ref": "a"}, {"age": "x"}), headers={})
    assert answer.status_code == 201
    told = answer.json
    assert set(told) == {
        "batch",
        "rows",
        "accepted",
        "refused",
        "new",
        "updated",
        "unchanged",
        "withdrawn",
        "ignored",
        "faults",
        "links",
    }
    assert (told["rows"], told["accepted"], told["refused"]) == (2, 1, 1)
    (fault,) = told["faults"]
    assert set(fault) == {
        "row",
        "field",
        "code",
        "message",
        "message_hi",
        "value",
        "suggestion",
    }
    assert answer.headers["Location"] == told["links"]["self"]
    assert fetch(told["links"]["self"]).json == told
    assert fetch(told["links"]["faults"]).json["faults"] == [fault]
    listed = fetch(told["links"]["people"]).json
    assert [(each["row"], each["source_ref"]) for each in listed["people"]] == [
        (1, "a")
    ]
    assert listed["next"] is None


def test_people_come_page_by_page(post, fetch):
    told = post(made_up.csv_body(made_up.rows(7))).json
    address, rows = f"{told['links']['people']}?limit=3", []
    while address:
        page = fetch(address).json
        rows += [each["row"] for each in page["people"]]
        address = page["next"]
    assert rows == list(range(1, 8))


def test_faults_as_csv_hold_no_formula(post, fetch):
    told = post(body({"category": "=1+1"}, {"mode": "@x"})).json
    address = told["links"]["faults"]
    for answer in (
        fetch(told["links"]["faults_csv"]),
        fetch(address, headers={"Accept": "text/csv"}),
    ):
        assert answer.mimetype == "text/csv"
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
        assert [row["value"] for row in rows] == ["'=1+1", "'@x"]
        assert [row["code"] for row in rows] == ["not_allowed_value"] * 2


def test_another_states_batch_is_not_there(post, fetch):
    told = post(body({})).json
    for address in ("", "/faults", "/people"):
        answer = fetch(f"{told['links']['self']}{address}", state=10)
        assert (answer.status_code, answer.json["code"]) == (404, "unknown_batch")
    assert fetch("/api/v1/batches/no-uuid").status_code == 404


@pytest.mark.parametrize(
    ("headers", "packed"),
    [
        ({}, lambda sent: sent),
        ({"Content-Type": "text/csv"}, lambda sent: sent),
        ({"Content-Type": "application/x-www-form-urlencoded"}, lambda sent: sent),
        ({"Content-Encoding": "gzip"}, gzip.compress),
        ({"Content-Type": "application/gzip"}, gzip.compress),
        (
            {"Content-Type": "application/json"},
            lambda _: json.dumps([GOOD, GOOD]).encode(),
        ),
        (
            {"Content-Type": "application/x-ndjson"},
            lambda _: f"{json.dumps(GOOD)}\n{json.dumps(GOOD)}\n".encode(),
        ),
    ],
)
def test_every_way_of_sending_is_taken(post, headers, packed):
    answer = post(packed(body({}, {})), headers=headers)
    assert (answer.status_code, answer.json["accepted"]) == (201, 2)


@pytest.mark.parametrize(
    ("sent", "query", "headers", "status", "code"),
    [
        # What is wrong with the body itself: test_upload_corpus.py.
        (body({}), {"mode": "maybe"}, {}, 422, "invalid_parameters"),
        (body({}), {"mod": "atomic"}, {}, 422, "invalid_parameters"),
        (body({}), {}, {"Idempotency-Key": "k" * 201}, 422, "bad_parameter"),
        (body({"age": "x"}), {"mode": "atomic"}, {}, 422, "batch_refused"),
    ],
)
def test_what_is_wrong_with_how_it_is_asked_is_a_problem(
    post, sent, query, headers, status, code
):
    answer = post(sent, headers=headers, **query)
    assert answer.status_code == status
    assert answer.mimetype == PROBLEM
    assert answer.json["code"] == code


def test_an_atomic_batch_with_a_fault_says_which_and_stores_nothing(post, database):
    before = stored(database)
    answer = post(body({}, {"age": "x"}), mode="atomic")
    assert answer.json["receipt"]["faults"][0]["row"] == 2
    assert stored(database) == before


def test_a_dry_run_answers_200_and_stores_nothing(post, database):
    before = stored(database)
    answer = post(body({}, {"age": "x"}), dry_run="true")
    assert (answer.status_code, answer.json["batch"]) == (200, None)
    assert (answer.json["accepted"], answer.json["refused"]) == (1, 1)
    assert stored(database) == before


def test_the_same_key_and_body_have_one_effect(post, database):
    before = stored(database)
    key = {"Idempotency-Key": "nightly-1"}
    first, second = post(body({}), headers=key), post(body({}), headers=key)
    assert second.json == first.json
    assert second.headers["Idempotent-Replay"] == "true"
    assert "Idempotent-Replay" not in first.headers
    other = post(body({}, {}), headers=key)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_mismatch")
    changed = post(body({}), headers=key, mode="atomic")
    assert changed.status_code == 422
    assert stored(database) == before + 1
    assert post(body({}), state=27, headers={}).status_code == 201


def test_an_upload_in_flight_is_told_to_wait(post, database):
    lock = func.hashtextextended("batch:27:busy", 0)
    with database.owner.connect() as db:
        db.execute(select(func.pg_advisory_xact_lock(lock)))
        answer = post(body({}), headers={"Idempotency-Key": "busy"})
    assert (answer.status_code, answer.json["code"]) == (409, "upload_in_flight")
    assert int(answer.headers["Retry-After"]) > 0


def test_only_an_uploader_uploads(client, token):
    for role, unit in (("state", {"state": 27}), ("analyst", {})):
        bearer = {"Authorization": f"Bearer {token(role, **unit)}"}
        answer = client.post("/api/v1/batches", data=body({}), headers=bearer)
        assert answer.status_code == 403
    assert client.post("/api/v1/batches", data=body({})).status_code == 401


def test_after_the_sunset_uploads_are_gone_and_receipts_stay(app, post, fetch):
    told = post(body({})).json
    kept = app.extensions["settings"]
    app.extensions["settings"] = replace(kept, sunset=date(2020, 12, 31))
    try:
        answer = post(body({}))
        assert (answer.status_code, answer.json["code"]) == (410, "sunset")
        assert "2020-12-31" in answer.json["detail"]
        assert fetch(told["links"]["self"]).status_code == 200
    finally:
        app.extensions["settings"] = kept


def test_a_batch_of_faults_only_still_has_its_receipt(post, database):
    answer = post(body({"age": "x"}))
    assert answer.status_code == 201
    assert (answer.json["accepted"], answer.json["refused"]) == (0, 1)
    with database.owner.connect() as db:
        kept = select(BATCH.c.refused).where(BATCH.c.batch_id == answer.json["batch"])
        assert db.execute(kept).scalar_one() == 1

"""A state uploads and reads its IDs; an auditor sees that it did, and a person who."""

from inspect import unwrap
from pathlib import Path
from uuid import uuid4

import made_up
import pytest
from flask import Response, g
from sqlalchemy import func, select

from gis_service.audit.keys import audit_key
from gis_service.audit.purposes import OF_ROLE, Purpose
from gis_service.audit.reading import who_saw
from gis_service.audit.seen import ForPurpose, Unaudited, reads_people
from gis_service.audit.tables import ENTRY
from gis_service.endpoints import batches
from movements.tables import BATCH


@pytest.fixture
def audit(client, token):
    bearer = {"Authorization": f"Bearer {token('auditor')}"}
    return lambda path="", **query: client.get(
        f"/api/v1/audit{path}", headers=bearer, query_string=query or None
    )


@pytest.fixture
def sent(post, fetch):
    """The receipt of five people, and the answer with their IDs."""
    told = post(made_up.csv_body(made_up.rows(5, refs=f"audit-{uuid4()}-"))).json
    return told, fetch(told["links"]["people"])


def count(database, table=ENTRY):
    with database.owner.connect() as db:
        return db.execute(select(func.count()).select_from(table)).scalar_one()


def test_an_auditor_sees_who_wrote_and_read_what_and_no_person(audit, sent):
    receipt, answer = sent
    read, wrote = audit(limit=2).json["entries"]
    assert (wrote["action"], wrote["n"]) == ("batch.accept", 5)
    assert (read["action"], read["n"]) == ("batch.people", 5)
    for each in (read, wrote):
        assert each["subject"] == receipt["batch"]
        assert (each["role"], each["purpose"]) == ("uploader", "own_batch")
        assert each["plane"] == "nmis_upload"
    assert read["request_id"] == answer.headers["X-Request-Id"]
    text = audit().text
    for person in answer.json["people"]:
        assert person["id"] not in text
        assert person["source_ref"] not in text


def test_a_person_learns_who_saw_them(app, database, sent, fetch):
    receipt, answer = sent
    first, second, *_ = (each["id"] for each in answer.json["people"])
    key = app.extensions["audit"]
    fetch(f"{receipt['links']['people']}?limit=1&purpose=manifest")
    with database.audit.connect() as db:
        seen = who_saw(db, first.lower(), key=key)
        other = who_saw(db, second, key=key)
    assert [each["purpose"] for each in seen] == ["own_batch", "manifest"]
    assert [each["purpose"] for each in other] == ["own_batch"]


def test_who_saw_a_person_is_found_by_an_index(database, sent):
    with database.owner.connect() as db:
        db.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = db.exec_driver_sql(
            f"EXPLAIN SELECT FROM audit.entry WHERE people @> ARRAY['{uuid4()}'::uuid]"
        )
        assert "entry_by_person" in str(plan.all())


def test_another_key_finds_nobody(database, sent, tmp_path):
    _, answer = sent
    with database.audit.connect() as db:
        key = audit_key(tmp_path)
        assert who_saw(db, answer.json["people"][0]["id"], key=key) == []


def test_a_dry_run_a_repetition_and_a_refused_batch_write_no_entry(post, database):
    body = made_up.csv_body(made_up.rows(2))
    post(body, headers={"Idempotency-Key": "audit-once"})
    before = count(database)
    post(body, headers={"Idempotency-Key": "audit-once"})
    post(body, dry_run="true")
    post(made_up.csv_body([made_up.rows(1)[0] | {"age": "x"}]), mode="atomic")
    assert count(database) == before


@pytest.fixture
def no_audit(server, database):
    """The log takes nothing, as if its disk were full."""
    from sqlalchemy import create_engine

    url = server.set(database=database.owner.url.database)
    engine = create_engine(url.set(drivername="postgresql+psycopg"))
    with engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE audit.entry ADD CHECK (false) NOT VALID")
    yield
    with engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE audit.entry DROP CONSTRAINT entry_check")
    engine.dispose()


def test_no_audit_no_data(sent, no_audit, fetch, post, database):
    receipt, _ = sent
    before = count(database, BATCH)
    read = fetch(receipt["links"]["people"])
    assert read.status_code == 500
    assert "audit-" not in read.text
    assert post(made_up.csv_body(made_up.rows(1))).status_code == 500
    assert count(database, BATCH) == before


def test_a_view_that_writes_no_entry_gives_no_data(sent, fetch, monkeypatch, database):
    receipt, _ = sent
    monkeypatch.setattr(batches, "seen", lambda *_, **__: None)
    before = count(database)
    assert fetch(receipt["links"]["people"]).status_code == 500
    assert count(database) == before


def test_a_view_that_answers_while_it_still_reads_gives_no_data(app):
    @reads_people
    def streaming():
        g.seen_by[None] = []
        return Response(iter([b"a person"]))

    with app.test_request_context(), pytest.raises(Unaudited, match="still reads"):
        streaming()


def test_whatever_takes_a_purpose_writes_an_entry(app):
    views = app.view_functions.items()
    queries = {name: unwrap(view).__annotations__.get("query") for name, view in views}
    taking = {
        name
        for name, query in queries.items()
        if isinstance(query, type) and issubclass(query, ForPurpose)
    }
    marked = {name for name, view in views if "reads_people" in view.__dict__}
    # Who asks for their own data asks for one purpose alone.
    assert taking == marked - {"own_data.access"}
    assert "batches.listed" in marked


def test_purposes_and_who_may_state_them_are_in_the_docs():
    text = (Path(__file__).parents[2] / "docs" / "audit.md").read_text()
    for role, purposes in OF_ROLE.items():
        (line,) = (each for each in text.splitlines() if each.startswith(f"| `{role}`"))
        assert all(f"`{purpose}`" in line for purpose in purposes)
        assert sum(f"`{purpose}`" in line for purpose in Purpose) == len(purposes)


def test_a_purpose_is_one_of_the_roles(sent, fetch):
    receipt, _ = sent
    address = receipt["links"]["people"]
    refused = fetch(f"{address}?purpose=trace")
    assert (refused.status_code, refused.json["code"]) == (422, "purpose_required")
    assert "own_batch, manifest, grievance" in refused.json["detail"]
    unknown = fetch(f"{address}?purpose=curiosity")
    assert (unknown.status_code, unknown.json["code"]) == (422, "invalid_parameters")


def test_the_purpose_goes_on_to_the_next_page(sent, fetch):
    receipt, _ = sent
    page = fetch(f"{receipt['links']['people']}?limit=2&purpose=manifest").json
    assert page["next"].endswith("purpose=manifest")
    assert fetch(page["next"]).status_code == 200


def test_pages_of_the_log_have_each_entry_once(audit, sent, database):
    address, seen = "", []
    answer = audit(limit=3, **{"from": "2020-01-01"})
    while True:
        seen += [(each["writer"], each["seq"]) for each in answer.json["entries"]]
        if not answer.json["next"]:
            break
        address = answer.json["next"].partition("/api/v1/audit")[2]
        answer = audit(address)
    assert len(seen) == len(set(seen)) == count(database)


def test_filters_of_the_log(audit, sent):
    every = audit(limit=1000).json["entries"]
    for name in ("purpose", "role", "token_id", "action", "request_id"):
        value = every[0][name]
        found = audit(limit=1000, **{name: value}).json["entries"]
        assert found == [each for each in every if each[name] == value]
    assert audit(to="2020-01-01").json == {"entries": [], "next": None}
    today = every[0]["at"][:10]
    assert audit(**{"from": today, "to": today}).json["entries"]


def test_the_report_counts_by_purpose_or_officer(audit, sent):
    every = audit(limit=1000).json["entries"]
    for by in ("purpose", "officer"):
        told = audit("/report", by=by).json
        assert sum(row["entries"] for row in told["rows"]) == len(every)
        assert sum(row["people"] for row in told["rows"]) == sum(e["n"] for e in every)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"after": "x"}, "bad_parameter"),
        ({"after": "MTox"}, "bad_parameter"),
        ({"after": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk6MTox"}, "bad_parameter"),
        ({"limit": 0}, "invalid_parameters"),
        ({"purpose": "x"}, "invalid_parameters"),
        ({"from": "x"}, "invalid_parameters"),
        ({"to": "9999-12-31"}, "invalid_parameters"),
        ({"from": "0001-01-01", "to": "0001-01-01"}, None),
        ({"role": "\0"}, "invalid_parameters"),
        ({"who": "me"}, "invalid_parameters"),
    ],
)
def test_what_cannot_be_asked_is_told(audit, query, code):
    answer = audit(**query)
    if code is None:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.json["code"]) == (422, code)


@pytest.mark.parametrize(
    ("role", "unit"),
    [("uploader", {"state": 27}), ("state", {"state": 27}), ("analyst", {})],
)
def test_only_an_auditor_reads_the_log(client, token, role, unit):
    bearer = {"Authorization": f"Bearer {token(role, **unit)}"}
    for path in ("", "/report"):
        answer = client.get(f"/api/v1/audit{path}", headers=bearer)
        assert (answer.status_code, answer.json["code"]) == (403, "not_permitted")
    assert client.get("/api/v1/audit").status_code == 401


def test_an_auditor_reads_no_people(client, token, sent):
    receipt, _ = sent
    bearer = {"Authorization": f"Bearer {token('auditor')}"}
    address = receipt["links"]["people"]
    assert client.get(address, headers=bearer).status_code == 403

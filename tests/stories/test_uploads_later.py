"""Uploads too large to wait for: answered at once, worked off later, slice by slice."""

import gzip

import made_up
import pytest
from sqlalchemy import func, select

from gis_service import queue_step
from gis_service.audit.tables import ENTRY
from movements import file_sheets, queue
from movements.flow import FLOW_DAY
from movements.queue_tables import (
    QUEUE_KEY,
    UPLOAD_JOB,
    UPLOAD_PIECE,
    UPLOAD_SLICE,
)
from movements.tables import BATCH, MOVEMENT
from tests.auditing import verified
from tests.queueing import all_done

LATER = {"Prefer": "respond-async"}


@pytest.fixture
def short(monkeypatch):
    """Slices of a hundred rows, so that a story has many in a second."""
    whole = file_sheets.sheets
    monkeypatch.setattr(
        queue_step, "sheets", lambda *args, **how: whole(*args, rows=100, **how)
    )


def people(count, refs, bad=()):
    rows = made_up.rows(count, refs=refs)
    for at in bad:
        rows[at]["mobile"] = "12345"
    return rows


def stored(database) -> tuple[int, int, int]:
    """Movements, people counted in flows, and batches."""
    with database.owner.connect() as db:
        return (
            db.execute(select(func.count()).select_from(MOVEMENT)).scalar_one(),
            db.execute(select(func.coalesce(func.sum(FLOW_DAY.c.n), 0))).scalar_one(),
            db.execute(select(func.count()).select_from(BATCH)).scalar_one(),
        )


def rest(database, table) -> int:
    with database.owner.connect() as db:
        return db.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_large_file_with_bad_rows_sent_twice_has_one_effect(
    app, database, post, fetch
):
    bad = range(7, 20_287, 65)  # 312 rows
    rows = people(20_500, "L", bad)
    body = gzip.compress(made_up.csv_body(rows), 1)
    before = stored(database)
    first = post(body, headers={"Idempotency-Key": "night"})
    assert first.status_code == 202, first.json
    # The answer was lost on its way; the sender asks again.
    again = post(body, headers={"Idempotency-Key": "night"})
    assert (again.status_code, again.json["upload"]) == (202, first.json["upload"])
    assert again.headers["Idempotent-Replay"] == "true"
    assert first.json["state"] == "queued"
    all_done(app, database)
    told = fetch(first.headers["Location"].removeprefix("http://localhost")).json
    assert told["progress"] == {"phase": None, "rows_done": 20_500, "rows": 20_500}
    assert (told["accepted"], told["refused"]) == (20_500 - 312, 312)
    assert [each["first_row"] for each in told["batches"]] == [1, 20_001]
    added = [now - then for now, then in zip(stored(database), before, strict=True)]
    assert added == [20_188, 20_188, 2]

    page = fetch(f"/api/v1/uploads/{told['upload']}/faults?limit=100").json
    assert page["faults"][0] == {
        "row": 8,
        "field": "mobile",
        "code": "mobile_invalid",
        "message": "a mobile number has ten digits, the first 6 to 9",
        "message_hi": page["faults"][0]["message_hi"],
        "value": "•••45",
        "suggestion": page["faults"][0]["suggestion"],
    }
    assert page["faults"][0]["suggestion"]
    listed = page["faults"]
    while page["next"]:
        page = fetch(page["next"].removeprefix("http://localhost")).json
        listed += page["faults"]
    assert [each["row"] for each in listed] == [at + 1 for at in bad]
    csv = fetch(f"/api/v1/uploads/{told['upload']}/faults?f=csv").text
    assert len(csv.splitlines()) == 313
    assert csv.splitlines()[-1].startswith(f"{bad[-1] + 1},mobile,")
    assert rest(database, UPLOAD_PIECE) == 0


def test_a_small_one_waits_too_where_its_sender_prefers_that(
    app, database, post, fetch
):
    body = made_up.csv_body(people(3, "S"))
    answer = post(body, headers=LATER)
    assert answer.status_code == 202
    assert answer.headers["Retry-After"]
    with database.owner.connect() as db:
        sealed = bytes(db.execute(select(UPLOAD_PIECE.c.sealed)).scalar_one())
    assert b"Namuna" not in sealed
    assert len(sealed) == len(body) + 28
    all_done(app, database)
    told = fetch(f"/api/v1/uploads/{answer.json['upload']}").json
    assert (told["state"], told["accepted"]) == ("done", 3)
    receipt = fetch(
        told["batches"][0]["links"]["self"].removeprefix("http://localhost")
    )
    assert receipt.json["new"] == 3
    # Another state sees nothing of it.
    assert fetch(f"/api/v1/uploads/{told['upload']}", state=10).status_code == 404
    assert (
        fetch(f"/api/v1/uploads/{told['upload']}/faults", state=10).status_code == 404
    )


def test_a_key_names_one_upload_however_it_is_answered(app, database, post):
    body = made_up.csv_body(people(2, "K"))
    later = post(body, headers={"Idempotency-Key": "k1", **LATER})
    at_once = post(body, headers={"Idempotency-Key": "k1"})
    assert (at_once.status_code, at_once.json) == (202, later.json)
    other = made_up.csv_body(people(3, "K"))
    assert post(other, headers={"Idempotency-Key": "k1"}).status_code == 422
    told = post(other, headers={"Idempotency-Key": "k1", **LATER})
    assert (told.status_code, told.json["code"]) == (422, "idempotency_mismatch")
    assert post(body, headers={"Idempotency-Key": "k2"}).status_code == 201
    assert post(body, headers={"Idempotency-Key": "k2", **LATER}).status_code == 422
    all_done(app, database)


class Killed(BaseException):
    """As by kill -9: nobody catches it."""


def killed_at_each_step(app, database, monkeypatch) -> int:
    """Work everything off, killed at the first transaction, the second, and so on."""
    left = {"n": 0}
    begin = database.upload.begin

    def begun():
        left["n"] -= 1
        if left["n"] == 0:
            raise Killed
        return begin()

    with monkeypatch.context() as patched:
        patched.setattr(database.upload, "begin", begun)
        for n in range(1, 60):
            left["n"] = n
            try:
                all_done(app, database, lease_s=0.0)
            except Killed:
                continue
            return n - 1
    raise AssertionError


def test_whoever_is_killed_anywhere_loses_and_doubles_nothing(
    app, database, post, fetch, short, monkeypatch
):
    """Killed before and after each commit: the next worker goes on where that was."""
    for module in (queue, queue_step):
        monkeypatch.setattr(module, "MOST_ATTEMPTS", 1000)
    before = stored(database)
    body = made_up.csv_body(people(450, "D"))
    upload = post(body, headers=LATER).json["upload"]

    assert killed_at_each_step(app, database, monkeypatch) > 10
    told = fetch(f"/api/v1/uploads/{upload}").json
    assert (told["state"], told["accepted"]) == ("done", 450)
    assert sum(each["rows"] for each in told["batches"]) == 450
    added = [now - then for now, then in zip(stored(database), before, strict=True)]
    assert added[:2] == [450, 450]
    with database.owner.connect() as db:
        batches = {each["batch"] for each in told["batches"]}
        audited = db.execute(
            select(ENTRY.c.subject).where(ENTRY.c.action == "batch.accept")
        ).scalars()
        assert batches <= {str(each) for each in audited}
    assert verified(database, app.extensions["settings"].var)[0] == []


def test_an_atomic_one_is_checked_whole_before_a_row_is_stored(
    app, database, post, fetch, short
):
    before = stored(database)
    body = made_up.csv_body(people(250, "A", bad=[205]))
    upload = post(body, headers=LATER, mode="atomic").json["upload"]
    all_done(app, database)
    told = fetch(f"/api/v1/uploads/{upload}").json
    assert told["state"] == "refused"
    assert told["reason"] == {
        "code": "batch_refused",
        "message": "1 of 250 rows have faults; nothing is stored",
    }
    assert fetch(f"/api/v1/uploads/{upload}/faults").json["faults"][0]["row"] == 206
    assert stored(database) == before
    good = post(made_up.csv_body(people(250, "A")), headers=LATER, mode="atomic")
    all_done(app, database)
    told = fetch(f"/api/v1/uploads/{good.json['upload']}").json
    assert (told["state"], told["accepted"], len(told["batches"])) == ("done", 250, 3)


def test_a_trial_says_the_same_and_stores_nothing(app, database, post, fetch, short):
    before = stored(database)
    body = made_up.csv_body(people(150, "T", bad=[120]))
    sent = post(
        body, headers={"Idempotency-Key": "trial", **LATER}, dry_run="true"
    ).json
    all_done(app, database)
    told = fetch(f"/api/v1/uploads/{sent['upload']}").json
    assert (told["state"], told["accepted"], told["refused"]) == ("done", 149, 1)
    assert told["batches"] == []
    assert fetch(f"/api/v1/uploads/{sent['upload']}/faults").json["faults"]
    assert stored(database) == before
    # The key is free for the upload that is meant.
    real = post(body, headers={"Idempotency-Key": "trial", **LATER})
    assert real.status_code == 202
    all_done(app, database)


def test_one_id_for_two_people_is_a_fault_however_far_apart_they_stand(
    app, database, post, fetch, short
):
    rows = people(150, "twice-")
    rows[120] |= {"source_ref": rows[5]["source_ref"], "name": "Namuna Dusra"}
    body, before = made_up.csv_body(rows), stored(database)
    for how, state in (
        ({"dry_run": "true"}, "done"),
        ({"mode": "atomic"}, "refused"),
        ({}, "done"),
    ):
        sent = post(body, headers=LATER, **how).json["upload"]
        all_done(app, database)
        told = fetch(f"/api/v1/uploads/{sent}").json
        assert (told["state"], told["refused"]) == (state, 1), how
        (fault,) = fetch(f"/api/v1/uploads/{sent}/faults").json["faults"]
        assert (fault["row"], fault["code"]) == (121, "duplicate_source_ref")
        assert fault["suggestion"] == "an earlier row of the file has it"
    assert stored(database)[0] == before[0] + 149


def test_dates_are_read_by_what_the_whole_file_says_of_them(
    app, database, post, fetch, short
):
    rows = people(150, "turned-")
    for at, row in enumerate(rows):
        row["travel_date"] = "05/06/2020" if at < 100 else "05/13/2020"
    before = stored(database)
    sent = post(made_up.csv_body(rows), headers=LATER).json["upload"]
    all_done(app, database)
    told = fetch(f"/api/v1/uploads/{sent}").json
    assert (told["accepted"], told["refused"]) == (0, 150)
    faults = fetch(f"/api/v1/uploads/{sent}/faults").json["faults"]
    codes = [each["code"] for each in faults]
    assert codes == ["day_or_month"] * 100 + ["impossible_date"] * 50
    assert stored(database)[0] == before[0]


def test_signs_that_no_table_holds_are_refused_at_once(client, post):
    answer = post(made_up.csv_body(people(1, "nul-")), headers=LATER, sheet="a\0b")
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_parameters")
    for name in ("sheet", "media_type"):
        declared = {"bytes": 1, "sha256": "0" * 64, name: "\0"}
        bearer = {"Authorization": f"Bearer {post.tokens[27]}"}
        answer = client.post("/api/v1/uploads", json=declared, headers=bearer)
        assert answer.status_code == 422, name


def test_a_body_that_cannot_be_read_is_refused_before_a_row_is_stored(
    app, database, post, fetch, short
):
    before = stored(database)
    good = made_up.csv_body(people(150, "U"))
    told = {}
    for name, body in {
        "half a gzip": gzip.compress(good)[:-40],
        "an open quote": good + b'"' + b"x" * 200_000,
        "no end of a line": good + b"x" * 2_000_000,
        "no rows": good.splitlines(keepends=True)[0],
        "no column": b"a,b\n" + b"1,2\n" * 200,
    }.items():
        answer = post(body, headers=LATER)
        assert answer.status_code == 202, name
        all_done(app, database)
        found = fetch(f"/api/v1/uploads/{answer.json['upload']}").json
        assert found["state"] == "refused", name
        told[name] = found["reason"]["code"]
    assert set(told.values()) == {"unreadable_upload", "bad_columns"}
    assert stored(database) == before


def test_what_never_works_becomes_poison_and_says_no_more_than_its_kind(
    app, database, post, fetch, monkeypatch
):
    monkeypatch.setattr(queue, "PAUSE_S", 0.0)

    def broken(*_args):
        raise ZeroDivisionError("Asha Namuna, 9876543210")

    whole = queue_step.accept
    monkeypatch.setattr(queue_step, "accept", broken)
    body = made_up.csv_body(people(2, "P"))
    headers = {"Idempotency-Key": "poison", **LATER}
    upload = post(body, headers=headers).json["upload"]
    assert all_done(app, database) == 5
    told = fetch(f"/api/v1/uploads/{upload}").json
    assert told["state"] == "poison"
    assert told["reason"]["message"] == "tried 5 times: ZeroDivisionError"
    assert rest(database, UPLOAD_PIECE) == 0
    # When it is mended, the same upload sent again is tried again.
    monkeypatch.setattr(queue_step, "accept", whole)
    again = post(body, headers=headers).json
    assert (again["upload"], again["state"]) == (upload, "queued")
    all_done(app, database)
    assert fetch(f"/api/v1/uploads/{upload}").json["state"] == "done"


def test_a_worker_that_dies_again_and_again_on_one_upload_lets_it_go(
    app, database, post, fetch
):
    upload = post(made_up.csv_body(people(2, "Q")), headers=LATER).json["upload"]
    for _ in range(5):
        with database.upload.begin() as db:
            assert str(queue.claimed(db, lease_s=0.0).job_id) == upload
    all_done(app, database)
    told = fetch(f"/api/v1/uploads/{upload}").json
    assert (told["state"], told["reason"]["code"]) == ("poison", "poison")


def test_states_take_turns_whoever_came_first(
    app, database, post, fetch, short, monkeypatch
):
    order = []
    whole = queue_step.accept

    def noted(db, upload):
        order.append(upload.terms.tenant)
        return whole(db, upload)

    monkeypatch.setattr(queue_step, "accept", noted)
    for n in range(2):
        post(made_up.csv_body(people(300, f"F{n}")), headers=LATER)
    bihar = made_up.rows(100, refs="B")
    for row in bihar:
        row["origin_district"], row["destination_district"] = "Patna", "490"
    small = post(made_up.csv_body(bihar), state=10, headers=LATER).json["upload"]
    all_done(app, database, turn_s=0.0)
    # The large one gives way after its first slice, though it came before.
    assert order.index(10) <= 2
    assert order.count(27) == 6
    assert fetch(f"/api/v1/uploads/{small}", state=10).json["state"] == "done"


def test_who_has_too_much_waiting_is_told_to_come_later(
    app, database, post, monkeypatch
):
    from movements import jobs

    monkeypatch.setattr(jobs, "MOST_JOBS", 2)
    body = made_up.csv_body(people(1, "W"))
    assert [post(body, headers=LATER).status_code for _ in range(3)] == [202, 202, 429]
    full = post(body, headers=LATER)
    assert (full.json["code"], full.headers["Retry-After"]) == ("queue_full", "30")
    # Another state's is taken, until everybody's fill the disk.
    assert post(body, state=10, headers=LATER).status_code == 202
    monkeypatch.setattr(jobs, "FULL_STATES", 0)
    pressed = post(body, state=9, headers=LATER)
    assert (pressed.status_code, pressed.json["code"]) == (503, "queue_pressed")
    assert pressed.headers["Retry-After"]
    monkeypatch.undo()
    all_done(app, database)


def test_what_is_no_better_later_is_refused_at_once(post, monkeypatch):
    body = b"[" + b"1," * 9_000_000 + b"1]"
    answer = post(body)
    assert (answer.status_code, answer.json["code"]) == (413, "upload_too_large")
    told = post(b"x", headers=LATER, report="refused")
    assert (told.status_code, told.json["code"]) == (422, "bad_parameter")


def test_keys_of_days_gone_by_are_destroyed_when_nothing_waits(app, database, post):
    post(made_up.csv_body(people(1, "Y")), headers=LATER)
    with database.owner.begin() as db:
        day = func.current_date() - 3
        db.execute(QUEUE_KEY.insert().values(tenant=9, made_on=day, wrapped=b""))
    with database.upload.begin() as db:
        queue.swept(db)
    with database.owner.connect() as db:
        tenants = set(db.execute(select(QUEUE_KEY.c.tenant)).scalars())
    assert 27 in tenants
    assert 9 not in tenants
    all_done(app, database)
    assert rest(database, UPLOAD_SLICE) > 0
    assert rest(database, UPLOAD_JOB) > 0

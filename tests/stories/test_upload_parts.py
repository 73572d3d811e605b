"""An upload over a line that breaks: in parts, each with its digest."""

import hashlib

import made_up
import pytest
from sqlalchemy import func, select, update

from movements import queue
from movements.queue_tables import UPLOAD_JOB, UPLOAD_PIECE
from tests.queueing import all_done, content_digest

UPLOADS = "/api/v1/uploads"


@pytest.fixture
def ask(client, post, token):
    """``ask(method, path, state=27, headers={}, **how)`` below ``/api/v1/uploads``."""

    def asked(method, path="", *, state=27, headers=None, **how):
        bearer = post.tokens.setdefault(state, token("uploader", state=state))
        sent = {"Authorization": f"Bearer {bearer}"} | (headers or {})
        return client.open(UPLOADS + path, method=method, headers=sent, **how)

    return asked


def declared(body, **more):
    whole = {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    return whole | {"media_type": "text/csv"} | more


def put(ask, upload, number, body, digest=None, **how):
    headers = {"Content-Digest": digest or content_digest(body)}
    return ask("PUT", f"/{upload}/parts/{number}", data=body, headers=headers, **how)


def test_parts_come_in_any_order_and_twice_and_make_one_upload(app, database, ask):
    body = made_up.csv_body(made_up.rows(30, refs="P"))
    begun = ask(
        "POST", json=declared(body, mode="atomic"), headers={"Idempotency-Key": "p1"}
    )
    assert begun.status_code == 201, begun.json
    upload = begun.json["upload"]
    assert begun.headers["Location"].endswith(f"{UPLOADS}/{upload}")
    again = ask(
        "POST", json=declared(body, mode="atomic"), headers={"Idempotency-Key": "p1"}
    )
    assert (again.status_code, again.json["upload"]) == (201, upload)
    other = ask("POST", json=declared(body), headers={"Idempotency-Key": "p1"})
    assert (other.status_code, other.json["code"]) == (422, "idempotency_mismatch")

    third = len(body) // 3
    parts = [body[:third], body[third : 2 * third], body[2 * third :]]
    assert put(ask, upload, 3, parts[2]).status_code == 204
    assert put(ask, upload, 1, parts[0]).status_code == 204
    assert put(ask, upload, 1, parts[0]).status_code == 204
    missing = ask("POST", f"/{upload}/complete")
    assert (missing.status_code, missing.json["code"]) == (409, "upload_closed")
    assert "missing: 2" in missing.json["detail"]
    told = ask("GET", f"/{upload}").json
    assert [each["part"] for each in told["parts"]] == [1, 3]
    assert told["state"] == "receiving"
    assert told["parts"][0]["sha256"] == hashlib.sha256(parts[0]).hexdigest()
    assert put(ask, upload, 2, parts[1]).status_code == 204

    for _ in range(2):
        complete = ask("POST", f"/{upload}/complete")
        assert (complete.status_code, complete.json["state"]) == (202, "queued")
    # A part sent again is still there; another one comes too late.
    assert put(ask, upload, 2, parts[1]).status_code == 204
    late = put(ask, upload, 2, parts[1] + b"x")
    assert (late.status_code, late.json["code"]) == (409, "upload_closed")
    all_done(app, database)
    told = ask("GET", f"/{upload}").json
    assert (told["state"], told["accepted"], told["parts"]) == ("done", 30, [])


def test_what_broke_on_its_way_is_not_taken(database, ask):
    body = b"0123456789"
    upload = ask("POST", json=declared(body)).json["upload"]
    wrong = put(ask, upload, 1, body, digest=content_digest(b"other"))
    assert (wrong.status_code, wrong.json["code"]) == (422, "digest_mismatch")
    for digest in ("", "sha-256=:x:", "md5=:AAAA:", "sha-256=:AAAA:"):
        answer = ask(
            "PUT", f"/{upload}/parts/1", data=body, headers={"Content-Digest": digest}
        )
        assert (answer.status_code, answer.json["code"]) == (422, "bad_parameter")
        assert "sha-256=:BASE64:" in answer.json["detail"]
    assert put(ask, upload, 1, body + b"more").status_code == 422
    assert put(ask, upload, 1001, body).status_code == 422
    assert put(ask, upload, 1, b"0123").status_code == 204
    short = ask("POST", f"/{upload}/complete")
    assert (short.status_code, short.json["code"]) == (409, "upload_closed")
    # A part may be put in place of one until the whole is complete.
    assert put(ask, upload, 1, b"9876543210").status_code == 204
    other = ask("POST", f"/{upload}/complete")
    assert (other.status_code, other.json["code"]) == (422, "digest_mismatch")
    assert put(ask, upload, 1, body).status_code == 204
    assert ask("POST", f"/{upload}/complete").status_code == 202


def test_others_uploads_are_not_there(ask):
    body = b"0123456789"
    upload = ask("POST", json=declared(body)).json["upload"]
    for answer in (
        ask("GET", f"/{upload}", state=10),
        put(ask, upload, 1, body, state=10),
        ask("POST", f"/{upload}/complete", state=10),
        ask("GET", "/no-upload"),
    ):
        assert (answer.status_code, answer.json["code"]) == (404, "unknown_upload")


def test_too_much_is_refused_before_it_comes(ask):
    big = declared(b"") | {"bytes": 300 * 1024 * 1024}
    answer = ask("POST", json=big)
    assert (answer.status_code, answer.json["code"]) == (413, "upload_too_large")
    for wrong in ({"bytes": 0}, {"sha256": "x"}, {"mode": "snapshot"}, {"more": 1}):
        answer = ask("POST", json=declared(b"x") | wrong)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid_parameters")


def test_what_is_never_completed_ends_and_takes_its_body_along(database, ask):
    body = b"0123456789"
    upload = ask("POST", json=declared(body)).json["upload"]
    put(ask, upload, 1, body)
    with database.owner.begin() as db:
        past = func.now() - func.make_interval(0, 0, 0, 0, 1)
        mine = UPLOAD_JOB.c.job_id == upload
        db.execute(update(UPLOAD_JOB).where(mine).values(expires_at=past))
    with database.upload.begin() as db:
        queue.swept(db)
    assert ask("GET", f"/{upload}").status_code == 404
    with database.owner.connect() as db:
        left = select(UPLOAD_PIECE).where(UPLOAD_PIECE.c.job_id == upload)
        assert db.execute(left).all() == []

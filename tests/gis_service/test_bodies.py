"""A body is bounded before it is read, and JSON before anything walks through it."""

import io
import json
import logging

import made_up
import pytest
from signing_in import SAME, form_token, from_anywhere

from gis_service import bodies, rates
from movements.events import MOST

OWN = {"id": "x", "mobile": "y"}
PUBLIC = ("access", "requests", "requests/state")
AN_ID = "MH-0000-0000-0000-0000-0000-0000-0000-00"


class Endless:
    """A body that goes on for as long as it is read."""

    def __init__(self, begin: bytes = b""):
        self.begin, self.given = begin, 0

    def read(self, size=-1):
        assert size >= 0, "all of it was asked for"
        first = self.begin[self.given : self.given + size]
        self.given += size
        return first + b" " * (size - len(first))


@pytest.fixture(autouse=True)
def many(monkeypatch):
    monkeypatch.setitem(rates.LIMITS, "person_request", rates.Limit(10_000, 60))
    monkeypatch.setitem(rates.LIMITS, "lookup", rates.Limit(10_000, 60))


@pytest.fixture
def key(token):
    return {"Authorization": f"Bearer {token('uploader', state=27)}"}


def chunked(client, path, body, **more):
    """Send a body that does not say how long it is, as granian hands it over."""
    given = {"wsgi.input": body, "wsgi.input_terminated": True}
    given["HTTP_TRANSFER_ENCODING"] = "chunked"
    sent = {"content_type": "application/json", "environ_overrides": given}
    return client.post(path, **sent, **more)


def refused(answer, most):
    assert (answer.status_code, answer.json["code"]) == (413, "too_large"), answer.text
    assert answer.mimetype == "application/problem+json"
    assert f"allowed: {most}" in answer.json["detail"]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_stranger_sends_little_whether_or_not_it_says_how_much(client, path):
    path = f"/api/v1/own/{path}"
    large = Endless()
    given = {"wsgi.input": large, "CONTENT_LENGTH": "150000000"}
    sent = {"content_type": "application/json", "environ_overrides": given}
    answer = client.post(path, **sent)
    refused(answer, bodies.SMALL_BYTES)
    assert "has 150000000 bytes" in answer.json["detail"]
    assert large.given == 0
    for begin in (b"", json.dumps(OWN).encode()):
        endless = Endless(begin)
        refused(chunked(client, path, endless), bodies.SMALL_BYTES)
        assert endless.given == bodies.SMALL_BYTES + 1


def test_a_body_up_to_the_limit_is_read(client):
    most = bodies.SMALL_BYTES
    body = json.dumps(OWN).encode().ljust(most)
    path = "/api/v1/own/access"
    sent = {"data": body, "content_type": "application/json"}
    assert client.post(path, **sent).json["code"] == "bad_unique_id"
    answer = chunked(client, path, io.BytesIO(body))
    assert answer.json["code"] == "bad_unique_id"
    refused(client.post(path, **sent | {"data": body + b" "}), most)
    refused(chunked(client, path, io.BytesIO(body + b" ")), most)


@pytest.mark.parametrize("path", ["/own-data", "/sign-in"])
def test_a_form_is_as_small_and_so_are_its_files(client, path):
    large = "x" * bodies.SMALL_BYTES
    form = {"csrf_token": form_token(client, path)}
    for more in ({"id": large}, {"file": (io.BytesIO(large.encode()), "x")}):
        sent = {"headers": SAME, "environ_base": from_anywhere()}
        answer = client.post(path, data=form | more, **sent)
        refused(answer, bodies.SMALL_BYTES)


@pytest.mark.parametrize("path", ["events", "withdrawals"])
def test_who_is_known_sends_as_many_people_as_are_taken(client, key, path):
    told = {"people": [f"{AN_ID}{n:05}"[-40:] for n in range(MOST)]}
    told |= {"event": "departed"} if path == "events" else {}
    body = json.dumps(told, indent=8).encode()
    assert len(body) > 2**20
    sent = {"headers": key, "content_type": "application/json"}
    answer = client.post(f"/api/v1/{path}", data=body, **sent)
    assert answer.status_code == 200, answer.text
    assert len(answer.json["faults"]) == MOST
    most = bodies.MOST_BYTES
    refused(client.post(f"/api/v1/{path}", data=body.ljust(most + 1), **sent), most)
    refused(chunked(client, f"/api/v1/{path}", Endless(body), headers=key), most)


def test_who_may_not_ask_is_told_so_before_anything_is_read(client):
    endless = Endless()
    assert chunked(client, "/api/v1/events", endless).status_code == 401
    assert endless.given == 0


def test_uploads_keep_limits_of_their_own(client, key):
    rows = made_up.csv_body(made_up.rows(1)) + b"\n" * bodies.MOST_BYTES
    answer = client.post("/api/v1/batches?dry_run=true", data=rows, headers=key)
    assert answer.status_code == 200, answer.text
    answer = client.put("/api/v1/uploads/x/parts/1", data=rows, headers=key)
    assert answer.json["code"] == "bad_parameter"  # it has no digest
    answer = client.put("/api/v1/mappings/own", data=b" " * 2**21, headers=key)
    assert answer.json["code"] == "upload_too_large"


def test_no_address_is_no_matter_of_size(client):
    for path, status in (("/api/v1/nowhere", 404), ("/health", 405)):
        answer = client.post(path, data=b"x" * (bodies.MOST_BYTES + 1))
        assert answer.status_code == status


def nested(levels: int, name: str = "id") -> bytes:
    """An object with lists within it, so many levels in all."""
    lists = levels - 1
    return b'{"%s":%s%s}' % (name.encode(), b"[" * lists, b"]" * lists)


@pytest.mark.parametrize("levels", [17, 900, 5000])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("POST", f"/api/v1/own/{each}") for each in PUBLIC),
        *(("POST", f"/api/v1/{each}") for each in ("events", "withdrawals", "uploads")),
        ("POST", "/api/v1/webhooks"),
        ("POST", "/api/v1/people/find?purpose=own_batch"),
        ("PUT", "/api/v1/people/{person}"),
    ],
)
def test_json_of_many_levels_is_refused_and_nothing_is_traced(
    client, key, caplog, method, path, levels
):
    path = path.format(person="x")
    sent = {"method": method, "headers": key, "content_type": "application/json"}
    for name in ("id", "name"):
        with caplog.at_level(logging.WARNING):
            answer = client.open(path, data=nested(levels, name), **sent)
        assert (answer.status_code, answer.json["code"]) == (400, "bad_request")
        assert answer.mimetype == "application/problem+json"
        assert "allowed: 16" in answer.json["detail"]
    assert caplog.text == ""


def test_json_of_few_levels_is_told_what_is_wrong_with_it(client, key):
    sent = {"headers": key, "content_type": "application/json"}
    answer = client.post("/api/v1/events", data=nested(16), **sent)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_parameters")


@pytest.mark.parametrize("levels", [16, 150, 5000])
def test_a_persons_row_of_any_depth_is_answered_in_words(client, key, levels):
    (row,) = made_up.rows(1)
    body = made_up.csv_body([row])
    sent = client.post("/api/v1/batches", data=body, headers=key).json
    people = sent["links"]["people"].removeprefix("http://localhost")
    person = client.get(people, headers=key).json["people"][0]["id"]
    plain = nested(levels, "name")
    for data in (plain, json.dumps(plain.decode()).encode()):
        answer = client.put(
            f"/api/v1/people/{person}",
            data=data,
            headers=key,
            content_type="application/json",
        )
        assert answer.status_code in (400, 422), answer.text


@pytest.mark.parametrize("levels", [16, 150, 199, 900, 5000])
def test_what_views_read_by_themselves_is_bounded_too(client, key, caplog, levels):
    sent = {"headers": key, "content_type": "application/json"}
    for name in ("columns", "name"):
        data = nested(levels, name)
        answer = client.put("/api/v1/mappings/own", data=data, **sent)
        assert answer.status_code == 422, answer.text
        for rows in (data, b"[" + data + b"]"):
            answer = client.post("/api/v1/batches", data=rows, **sent)
            assert answer.status_code in (201, 400, 422), answer.text
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    ("sent", "hidden"),
    [
        ({"mobile": 9876501234}, "98765012"),
        ({"id": "1RCV-2242", "text": "Namuna Ek"}, "Namuna"),
        ({"id": ["9876501234"], "mobile": "x"}, "98765012"),
    ],
)
def test_what_is_wrong_is_told_without_what_may_be_personal(client, sent, hidden):
    answer = client.post("/api/v1/own/access", json=sent)
    assert answer.status_code == 422
    assert answer.json["errors"]
    assert hidden not in answer.text

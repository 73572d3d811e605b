"""What is kept for everybody is public, complete and fresh; all else is asked anew."""

import threading
import time

import pytest
from werkzeug.test import Client

from boundaries.version import bump
from gis_service import front
from gis_service.answers import FOR_EVERYBODY
from gis_service.front import Front, Trusted
from tests.flow_rows import MAHARASHTRA

TILE = "/tiles/districts/4/11/6.mvt"
PUBLIC = [("Cache-Control", "public, max-age=300"), ("ETag", 'W/"a"')]


class Behind:
    """An application that counts how often it is asked."""

    def __init__(self, headers=PUBLIC, *, status="200 OK", marked=True):
        self.headers, self.status, self.marked, self.asked = headers, status, marked, 0

    def __call__(self, environ, start_response):
        self.asked += 1
        if self.marked:
            environ[FOR_EVERYBODY] = True
        start_response(self.status, [*self.headers, ("Content-Length", "4")])
        return [b"body"]


def before(behind, version=lambda: 1):
    return Client(Front(behind, Trusted(version)))


def test_the_second_time_nobody_behind_is_asked():
    behind = Behind()
    client = before(behind)
    first, second = client.get("/a?b=1"), client.get("/a?b=1")
    assert behind.asked == 1
    assert first.data == second.data == b"body"
    assert list(first.headers) == list(second.headers)
    client.get("/a?b=2")
    assert behind.asked == 2


@pytest.mark.parametrize(
    "behind",
    [
        Behind([("Cache-Control", "private, no-cache"), ("ETag", 'W/"a"')]),
        Behind([("ETag", 'W/"a"')]),
        Behind([("Cache-Control", "public")]),
        Behind([*PUBLIC, ("Set-Cookie", "a=b")]),
        Behind(marked=False),
        Behind(status="404 NOT FOUND"),
        Behind(status="500 INTERNAL SERVER ERROR"),
    ],
    ids=("private", "silent", "untagged", "cookie", "unmarked", "missing", "broken"),
)
def test_what_is_not_for_everybody_is_never_kept(behind):
    client = before(behind)
    client.get("/a")
    client.get("/a")
    assert behind.asked == 2
    assert not client.application.cache._kept


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_only_reads_are_answered(method):
    behind = Behind()
    client = before(behind)
    client.get("/a")
    client.open("/a", method=method)
    assert behind.asked == 2


def test_head_is_answered_from_what_get_kept_and_never_kept_itself():
    behind = Behind()
    client = before(behind)
    client.head("/a")
    client.get("/a")
    head = client.head("/a")
    assert behind.asked == 2
    assert (head.data, head.headers["Content-Length"]) == (b"", "4")


def test_another_host_or_coding_is_another_answer():
    behind = Behind()
    client = before(behind)
    client.get("/a")
    client.get("/a", base_url="http://other.example")
    client.get("/a", base_url="https://localhost")
    client.get("/a", headers={"Accept-Encoding": "br"})
    client.get("/a", headers={"Accept-Encoding": "gzip;q=0.5, br;q=0.7"})
    assert behind.asked == 4


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ('W/"a"', 304),
        ('"a"', 304),
        ("*", 304),
        ('"x", W/"a", "y"', 304),
        ('"x","y"', 200),
        ("a", 304),
        ("", 200),
        ("rubbish, , ;", 200),
    ],
)
def test_whoever_has_it_is_told_so(wanted, status):
    client = before(Behind([*PUBLIC, ("Vary", "Accept-Encoding")]))
    client.get("/a")
    answer = client.get("/a", headers={"If-None-Match": wanted})
    assert answer.status_code == status
    if status == 304:
        assert answer.data == b""
        assert answer.headers["ETag"] == 'W/"a"'
        assert {"Cache-Control", "Vary"} <= set(answer.headers.keys())
        names = {name.lower() for name, _ in answer.headers}
        assert not names & front.OF_BODY


def test_a_new_version_is_asked_anew_within_a_second():
    known, behind = [1], Behind()
    client = before(behind, lambda: known[0])
    client.get("/a")
    known[0] = 2
    until = time.monotonic() + front.TRUST_S + 0.2
    while behind.asked == 1 and time.monotonic() < until:
        client.get("/a")
    assert behind.asked == 2


def test_without_a_version_nothing_is_kept_or_given():
    behind = Behind()
    client = before(behind, lambda: None)
    client.get("/a")
    client.get("/a")
    assert behind.asked == 2


def test_of_many_at_once_one_reads_the_version():
    reads = []

    def slow():
        reads.append(1)
        time.sleep(0.1)
        return 7

    trusted, found = Trusted(slow), []
    threads = [
        threading.Thread(target=lambda: found.append(trusted.version()))
        for _ in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == [7] * 8
    assert len(reads) == 1


@pytest.fixture
def key(token):
    return {"Authorization": f"Bearer {token('state', state=MAHARASHTRA)}"}


def kept(app):
    return [entry[1] for entry in app.extensions["front"].cache._kept]


def test_no_answer_of_a_scope_ever_enters(app, client, key):
    for path in (
        "/tiles/flows/4/11/6.mvt",
        "/tiles/arrivals/4/11/6.mvt",
        "/tiles/arrivals.json",
        "/layers/arrivals.geojson?limit=5",
        "/flows/state",
        "/health",
        "/docs",
        "/",
        "/nowhere",
    ):
        answer = client.get(path, headers=key)
        client.get(path, headers=key)
        assert "public" not in answer.headers.get("Cache-Control", "")
    assert kept(app) == []


def test_what_enters_is_the_same_for_everybody(app, client, key):
    anybody = client.get(TILE)
    for headers in (key, {"Authorization": "Bearer x"}, {"Cookie": "nmis=x; a=b"}):
        answer = client.get(TILE, headers=headers)
        assert (answer.status_code, answer.data) == (200, anybody.data)
        assert answer.headers["ETag"] == anybody.headers["ETag"]
    assert TILE in kept(app)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_what_is_refused_is_refused_each_time(client):
    client.get(TILE)
    for query in ("colour=red", "v=1&v=2", "as_of=never", "mode=bus", "as_of="):
        for _ in "ab":
            assert client.get(f"{TILE}?{query}").status_code == 422
    assert client.get(f"{TILE}?v=1").status_code == 200


def test_loaded_boundaries_are_seen_within_a_second(client, database):
    first = client.get("/tiles/states.json").headers["ETag"]
    with database.owner.begin() as db:
        bump(db, "boundaries")
    time.sleep(front.TRUST_S + 0.1)
    assert client.get("/tiles/states.json").headers["ETag"] != first

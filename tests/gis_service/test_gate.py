"""So many work, so many wait, the others are told at once; /health always answers."""

import threading
import time

import pytest
from werkzeug.test import Client

from gis_service import gate
from gis_service.gate import Gate, Gated


def busy(_environ, start_response):
    start_response("503 SERVICE UNAVAILABLE", [])
    return [b"busy"]


class Working:
    """An application whose requests work until they are told to end."""

    def __init__(self):
        self.go_on, self.now, self.most = threading.Event(), 0, 0
        self.lock = threading.Lock()

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] != "/health":
            with self.lock:
                self.now += 1
                self.most = max(self.most, self.now)
            self.go_on.wait(10)
            with self.lock:
                self.now -= 1
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]


def crowd(client, paths, **how):
    found = []

    def ask(path):
        begin = time.monotonic()
        status = client.open(path, **how).status_code
        found.append((status, time.monotonic() - begin))

    threads = [threading.Thread(target=ask, args=(path,)) for path in paths]
    for each in threads:
        each.start()
    return threads, found


def test_so_many_work_so_many_wait_and_the_rest_is_told_at_once():
    working = Working()
    client = Client(Gated(working, busy, Gate(2, 3)))
    threads, found = crowd(client, ["/a"] * 10)
    while len(found) < 5:
        time.sleep(0.01)
    assert [status for status, _ in found] == [503] * 5
    assert max(took for _, took in found) < 1
    assert client.get("/health").status_code == 200
    working.go_on.set()
    for each in threads:
        each.join()
    assert sorted(status for status, _ in found) == [200] * 5 + [503] * 5
    assert working.most == 2


def test_nobody_waits_longer_than_the_patience(monkeypatch):
    monkeypatch.setattr(gate, "PATIENCE_S", 0.2)
    working = Working()
    client = Client(Gated(working, busy, Gate(1, 5)))
    threads, found = crowd(client, ["/a"] * 3)
    while len(found) < 2:
        time.sleep(0.01)
    assert all(0.15 < took < 2 for _, took in found)
    working.go_on.set()
    for each in threads:
        each.join()


def test_what_takes_long_leaves_room_for_maps():
    working = Working()
    client = Client(Gated(working, busy, Gate(4, 0), Gate(2, 0)))
    threads, found = crowd(client, ["/layers/a.geojson"] * 2 + ["/api"] * 1)
    working.go_on.set()
    for each in threads:
        each.join()
    assert [status for status, _ in found] == [200] * 3
    working.go_on.clear()
    threads, found = crowd(client, ["/batches"] * 4, method="POST")
    while len(found) < 2:
        time.sleep(0.01)
    assert [status for status, _ in found] == [503] * 2
    maps, answered = crowd(client, ["/tiles"] * 2)
    working.go_on.set()
    for each in (*threads, *maps):
        each.join()
    assert [status for status, _ in answered] == [200] * 2


@pytest.mark.parametrize("headers", [[], [("Content-Length", "99999999")]])
def test_a_stream_keeps_its_place_until_it_is_closed(headers):
    def streaming(_environ, start_response):
        start_response("200 OK", headers)
        return iter([b"a", b"b"])

    gated = Gated(streaming, busy, Gate(1, 0))
    client = Client(gated)
    answer = client.get("/a", buffered=False)
    assert next(answer.iter_encoded()) == b"a"
    assert client.get("/a").status_code == 503
    answer.close()
    answer.close()
    assert gated.every._inside == 0


def test_an_error_inside_makes_room_again():
    def broken(_environ, _start_response):
        raise ZeroDivisionError

    gated = Gated(broken, busy, Gate(1, 0))
    with pytest.raises(ZeroDivisionError):
        Client(gated).get("/a")
    assert gated.every._inside == gated.long._inside == 0


def test_whoever_is_turned_away_gets_the_one_error_shape(app, client, monkeypatch):
    full = app.extensions["front"].inner.inner.every
    monkeypatch.setattr(full, "room", 0)
    monkeypatch.setattr(full, "waiting", 0)
    answer = client.get("/layers")
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert (answer.json["code"], answer.json["instance"]) == ("busy", "/layers")
    assert answer.headers["Retry-After"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    head = client.head("/layers")
    assert (head.status_code, head.data) == (503, b"")
    assert client.get("/health").status_code == 200


def test_a_state_holds_no_more_than_its_share_and_another_finds_a_place():
    working = Working()
    client = Client(Gated(working, busy, Gate(8, 8), Gate(4, 8, share=3)))
    own = {"Authorization": "Bearer one"}
    many, found = crowd(client, ["/batches"] * 8, method="POST", headers=own)
    while working.now < 3 or len(found) < 1:
        time.sleep(0.01)
    # Three are at work, four wait (half of those who may), the last is told at once.
    assert [status for status, _ in found] == [503]
    other, answered = crowd(
        client, ["/batches"], method="POST", headers={"Authorization": "Bearer two"}
    )
    while working.now < 4:
        time.sleep(0.01)
    working.go_on.set()
    for each in (*many, *other):
        each.join()
    assert [status for status, _ in answered] == [200]
    assert sorted(status for status, _ in found) == [200] * 7 + [503]


def test_whoever_has_the_fewest_at_work_is_next():
    turns = Gate(2, 8, share=2)
    order = []

    def work(whose):
        assert turns.enter(10, whose)
        order.append(whose)
        time.sleep(0.02)
        turns.leave(whose)

    assert turns.enter(0, "a")
    assert turns.enter(0, "a")
    threads = []
    for whose in ("a", "a", "b"):
        threads.append(threading.Thread(target=work, args=(whose,)))
        threads[-1].start()
        while len(turns._queue) < len(threads):
            time.sleep(0.01)
    turns.leave("a")
    while not order:
        time.sleep(0.005)
    assert order[0] == "b"
    turns.leave("a")
    for each in threads:
        each.join()
    assert not turns._inside
    assert not turns._by


def test_all_tokens_of_a_state_are_one_caller():
    from gis_service.callers import STATE, Callers

    callers = Callers()
    first, second = ({"HTTP_AUTHORIZATION": f"Bearer {n}"} for n in "12")
    assert callers.caller({}) is None
    assert callers.caller(first) != callers.caller(second)
    for environ in (first, second):
        callers.note(environ | {STATE: 27})
    assert callers.caller(first) == callers.caller(second) == 27

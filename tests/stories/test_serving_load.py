"""The real web server under many readers, impatient readers and readers who leave."""

import asyncio
import http.client
import json
import os
import signal
import socket
import time
from collections import Counter
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql

from gis_service import web_server
from gis_service.settings import Settings, variable

# Three hundred readers take the whole machine, and answers have their time.
pytestmark = pytest.mark.alone

CONNECTIONS = 300
ASKED_EACH = 4
CHUNKY = "/layers/districts.geojson"
KEPT = "/tiles/districts/4/11/6.mvt"


@pytest.fixture(scope="module")
def crowded(database):
    """A module's database with fifty megabytes of district shapes."""
    url = database.owner.url
    with psycopg.connect(plain(url)) as db:
        db.execute(
            sql.SQL("""
            INSERT INTO nmis.unit (set_id, level, code, state_code, name, valid_from,
                depiction, source, licence, quality, area_km2, inner_point, geom)
            SELECT set_id, level, code + 1000 * more, state_code, name, valid_from,
                depiction, source, licence, quality, area_km2, inner_point, geom
            FROM nmis.unit, generate_series(1, 20) more WHERE level = 'district'""")
        )
    return url


def plain(url):
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def serving(url, folder, monkeypatch, **more):
    settings = Settings(var=folder, workers=1, database_url=plain(url), **more)
    for name in ("var", "database_url", *more):
        monkeypatch.setenv(variable(name), str(getattr(settings, name)))
    at = web_server.address(f"127.0.0.1:{free_port()}")
    log = folder / "web.log"
    running = web_server.launch(settings, at, log)
    try:
        web_server.wait(running, at, log)
        yield at
        assert "Traceback" not in log.read_text()
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


def fetched(at, path, **headers):
    wire = http.client.HTTPConnection(at.host, at.port, timeout=60)
    try:
        wire.request("GET", path, headers=headers)
        answer = wire.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        wire.close()


def begun(at, path, coding):
    """A reader who takes the first bytes of an answer, slowly; comes again if busy."""
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {coding}\r\n\r\n"
    for _ in range(20):
        wire = socket.socket()
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.connect((at.host, at.port))
        wire.sendall(head.encode())
        told = wire.recv(2048)
        if told.startswith(b"HTTP/1.1 200"):
            return wire
        wire.close()
        assert b'"code":"busy"' in told
    raise AssertionError(told)


def states(url) -> Counter:
    """What the server's connections are doing."""
    with psycopg.connect(plain(url)) as db:
        rows = db.execute(
            "SELECT state FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return Counter(state for (state,) in rows)


def settled(url, condition, *, within_s=20.0) -> Counter:
    until = time.monotonic() + within_s
    while not condition(found := states(url)) and time.monotonic() < until:
        time.sleep(0.1)
    return found


def at_rest(found: Counter) -> bool:
    return set(found) <= {"idle"}


def test_a_stream_stops_when_its_reader_leaves(crowded, tmp_path, monkeypatch):
    with serving(crowded, tmp_path, monkeypatch) as at:
        reader = begun(at, CHUNKY, "identity")
        time.sleep(3)  # long enough to fill every buffer on the way
        assert states(crowded)["idle in transaction"] == 1  # its cursor stands open
        time.sleep(1)
        assert states(crowded)["idle in transaction"] == 1
        reader.close()
        assert at_rest(settled(crowded, at_rest))


def test_fifty_readers_who_leave_take_no_connection_with_them(
    crowded, tmp_path, monkeypatch
):
    with serving(crowded, tmp_path, monkeypatch) as at:
        for number in range(50):
            begun(at, CHUNKY, ("identity", "gzip", "br")[number % 3]).close()
        assert at_rest(settled(crowded, at_rest))
        status, body, _ = fetched(at, CHUNKY)
        assert status == 200
        found = json.loads(body)
        assert found["numberReturned"] == len(found["features"]) == 734 * 21
        for number in range(20):
            assert fetched(at, f"/tiles/states/4/11/6.mvt?v={number}")[0] == 200
        assert at_rest(states(crowded))


async def asking(at, number, told):
    reader, writer = await asyncio.open_connection(at.host, at.port)
    for turn in range(ASKED_EACH):
        path = f"/tiles/districts/4/{10 + number % 3}/6.mvt?v={number}-{turn}"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        headers = http.client.parse_headers(_Lines(head))
        body = await reader.readexactly(int(headers.get("Content-Length", 0)))
        status = int(head.split(b" ", 2)[1])
        told[status] += 1
        if status == 503:
            assert json.loads(body)["code"] == "busy"
            assert headers["Retry-After"]
    writer.close()


class _Lines:
    """The header lines behind the status line, as the parser reads them."""

    def __init__(self, head: bytes) -> None:
        self.left = head.split(b"\r\n", 1)[1].splitlines(keepends=True)

    def readline(self, _most: int = -1) -> bytes:
        return self.left.pop(0) if self.left else b""


async def beside(at, stop, told):
    """Ask what is always answered, again and again, on new connections."""
    while not stop.is_set():
        for path in ("/health", KEPT):
            begin = time.monotonic()
            status, _, _ = await asyncio.to_thread(fetched, at, path)
            told.append((path, status, time.monotonic() - begin))


async def crowd(at):
    told, always, stop = Counter(), [], asyncio.Event()
    watching = asyncio.create_task(beside(at, stop, always))
    asked = (asking(at, number, told) for number in range(CONNECTIONS))
    await asyncio.wait_for(asyncio.gather(*asked), timeout=120)
    stop.set()
    await watching
    return told, always


def test_three_hundred_readers_at_once_get_an_answer_each(
    database, tmp_path, monkeypatch
):
    url = database.owner.url
    with serving(url, tmp_path, monkeypatch) as at:
        assert fetched(at, KEPT)[0] == 200
        told, always = asyncio.run(crowd(at))
        assert set(told) <= {200, 204, 503}
        assert told.total() == CONNECTIONS * ASKED_EACH
        assert told[200] > 0
        assert {status for _, status, _ in always} == {200}
        assert max(took for _, _, took in always) < 5
        assert at_rest(settled(url, at_rest))
        # The read plane's pool, the cube's listener, one of the upload plane's.
        assert states(url).total() <= 12


def test_a_statement_that_takes_too_long_is_ended_and_told(
    database, tmp_path, monkeypatch
):
    url = database.owner.url
    with serving(url, tmp_path, monkeypatch, read_timeout=1) as at:
        with psycopg.connect(plain(url)) as db:
            db.execute("LOCK TABLE nmis.unit_shape IN ACCESS EXCLUSIVE MODE")
            status, body, headers = fetched(at, KEPT)
            db.rollback()
        assert (status, json.loads(body)["code"]) == (503, "too_slow")
        assert headers["Retry-After"]
        assert "unit_shape" not in body.decode()
        assert fetched(at, KEPT)[0] == 200

"""Eight readers of different scopes ask for flows while batches come in and go.

On the real web server with two workers: every answer is exactly what its version
holds, no answer is older than what was committed before it was asked, nobody reads a
pair that is not theirs, and everything adds up.
"""

import http.client
import json
import threading
import time
from datetime import timedelta

import mapbox_vector_tile
import numpy as np
import pytest
from sqlalchemy import Column, MetaData, Table, Uuid, func, insert, select

from boundaries.version import versions
from gis_service import web_server
from gis_service.settings import Settings, variable
from movements import flow
from movements.flow import FLOW_DAY
from tests.bench.service import free_port
from tests.flow_rows import BIHAR, DAY, KERALA, MAHARASHTRA, two_of
from tests.flow_rows import flow as row

# Readers are to see much within seconds, and soon after a commit.
pytestmark = pytest.mark.alone

SECONDS = 6
STATES = (MAHARASHTRA, BIHAR, KERALA, 9, 24, 29)
DAYS = 20
MOST_MS = 100


@pytest.fixture
def address(database, tmp_path, monkeypatch):
    """The address of two workers on this module's database."""
    url = database.owner.url.render_as_string(hide_password=False)
    monkeypatch.setenv(variable("var"), str(tmp_path))
    monkeypatch.setenv(variable("database_url"), url)
    settings = Settings(var=tmp_path, workers=2, database_url=url)
    at = web_server.address(f"127.0.0.1:{free_port()}")
    running = web_server.launch(settings, at, tmp_path / "web.log")
    web_server.wait(running, at, tmp_path / "web.log")
    yield at
    running.terminate()
    running.wait(web_server.STOP_S)


class Truth:
    """What was committed, by version: people by who may see them."""

    def __init__(self, version):
        self.version = version
        self.people = {version: dict.fromkeys((None, *STATES), 0)}

    def counted(self, rows, version):
        people = dict(self.people[self.version])
        for each in rows:
            ends = {each["origin_state"], each["destination_state"]}
            for reader in {None, *ends} & set(people):
                people[reader] += each["n"]
        self.people[version] = people
        self.version = version


CHANGE = Table(
    "change",
    MetaData(),
    *(Column(each.name, each.type) for each in FLOW_DAY.columns),
    Column("route_id", Uuid, server_default=func.gen_random_uuid()),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)


def change(database, rows) -> int:
    """One transaction as a batch's: roll-up, then the version as the last of it."""
    with database.owner.begin() as db:
        CHANGE.create(db)
        db.execute(insert(CHANGE), rows)
        flow.roll_up(db, select(CHANGE))
        flow.swept(db)
        flow.publish(db)
        return versions(db)["flows"]


def writing(database, truth, until, places):
    rng = np.random.default_rng(3)
    standing = []
    while time.monotonic() < until:
        came = [some(rng, places) for _ in range(rng.integers(1, 40))]
        standing, gone = standing[3:], standing[:3]
        went = [each | {"n": -each["n"]} for each in gone]
        truth.counted(came + went, change(database, came + went))
        standing.extend(came)
        time.sleep(0.02)


def some(rng, places):
    (start, of), (end, to) = (places[at] for at in rng.integers(len(places), size=2))
    day = DAY + timedelta(days=int(rng.integers(DAYS)))
    people = int(rng.integers(1, 9))
    ends = {"origin_state": of, "destination_state": to}
    return row(start, end, people, day=day) | ends


def reading(address, bearer, state, truth, until, found):
    wire = http.client.HTTPConnection(address.host, address.port, timeout=30)
    reader = Reader(wire, {"Authorization": f"Bearer {bearer}"}, state, truth)
    try:
        while time.monotonic() < until:
            reader.ask()
    except Exception as error:  # noqa: BLE001 - told by the test's thread
        reader.errors.append(f"{state}: {error!r}")
    finally:
        wire.close()
        found.append(reader)


class Reader:
    """One reader: what they asked before, and what they were told."""

    def __init__(self, wire, key, state, truth):
        self.wire, self.key, self.state, self.truth = wire, key, state, truth
        self.rng = np.random.default_rng(state)
        self.tags, self.told, self.errors, self.seen = {}, {}, [], []

    def ask(self):
        level = (
            "state" if self.state is None else self.rng.choice(["state", "district"])
        )
        path = f"/flows/{level}?k={self.rng.choice([1, 10, 20000])}"
        version = self.truth.version
        tag = {"If-None-Match": self.tags[path]} if path in self.tags else {}
        status, headers, body = self.get(path, tag)
        if status == 304:
            told = self.told[path]
        else:
            assert status == 200, body
            told = self.told[path] = json.loads(body)
            self.tags[path] = headers["ETag"]
            self.check(told)
        assert told["version"] >= version, (status, told["version"], version)
        self.seen.append((told["version"], told["total"] + told["internal"]))
        if self.state is not None and self.rng.random() < 0.2:
            self.ask_tile()

    def check(self, told):
        """Everything adds up, and every pair touches the reader's state."""
        assert told["shown"] + told["hidden"] == told["total"]
        assert sum(each["n"] for each in told["edges"]) == told["shown"]
        for side in ("in", "out"):
            assert sum(each[side] for each in told["nodes"]) == told["total"]
        owner = {each["code"]: each["state_code"] for each in told["nodes"]}
        for edge in told["edges"] if self.state else ():
            assert self.state in {owner[edge["origin"]], owner[edge["destination"]]}

    def ask_tile(self):
        status, _, body = self.get("/tiles/flows/3/5/3.mvt?level=state", {})
        assert status in (200, 204), body
        drawn = mapbox_vector_tile.decode(body) if body else {}
        for each in drawn.get("flows", {"features": []})["features"]:
            told = each["properties"]
            assert self.state in (told["origin"], told["destination"])

    def get(self, path, more):
        self.wire.request("GET", path, headers=self.key | more)
        answer = self.wire.getresponse()
        return answer.status, answer.headers, answer.read()


def test_eight_readers_and_a_writer(database, address, token):
    with database.owner.connect() as db:
        places = [(code, s) for s in STATES for code in two_of(db, s)]
        start = versions(db)["flows"]
    bearers = [(token("state", state=state), state) for state in STATES]
    bearers += [(token("ministry"), None)] * 2
    truth, found = Truth(start), []
    until = time.monotonic() + SECONDS
    threads = [
        threading.Thread(target=reading, args=(address, *each, truth, until, found))
        for each in bearers
    ]
    for thread in threads:
        thread.start()
    writing(database, truth, until, places)
    for thread in threads:
        thread.join()
    assert [error for each in found for error in each.errors] == []
    for reader in found:
        assert len(reader.seen) > 10
        for version, people in reader.seen:
            assert people == truth.people[version][reader.state]
    assert len(truth.people) > 20


def test_a_commit_is_in_the_next_answer_soon(database, address, token):
    wire = http.client.HTTPConnection(address.host, address.port, timeout=30)
    key = {"Authorization": f"Bearer {token('state', state=BIHAR)}"}
    with database.owner.connect() as db:
        (one, _), (other, _) = two_of(db, BIHAR), two_of(db, KERALA)
    states = {"origin_state": BIHAR, "destination_state": KERALA}
    took = []
    for step in range(12):
        new = row(one, other, 1, day=DAY + timedelta(days=step), mode="bus") | states
        version = change(database, [new])
        begin = time.perf_counter()
        wire.request("GET", "/flows/district?k=1", headers=key)
        told = json.loads(wire.getresponse().read())
        took.append((time.perf_counter() - begin) * 1e3)
        assert told["version"] >= version
    wire.close()
    assert sorted(took)[len(took) // 2] < MOST_MS

"""Eight readers ask for flows while batches come in: exact, fresh, only their own."""

import http.client
import json
import os
import signal
import socket
import statistics
import threading
import time
from collections import Counter
from datetime import date, timedelta

import pytest

from boundaries.lookup import gazetteer
from boundaries.scope import COUNTRY, Scope
from gis_service import web_server
from gis_service.settings import Settings, variable
from tests.flow_checks import difference, document, ends, fits, lines, touches, window
from tests.flow_crowd import LEVELS, News, Reader, Told, crowd
from tests.flow_model import Asked
from tests.flow_rows import BIHAR, KERALA, MAHARASHTRA, PUNE, two_of
from tests.flow_writer import LOUD, Writer

# Readers are to see much within seconds, and soon after a commit.
pytestmark = pytest.mark.alone

SECONDS = 7.0


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


@pytest.fixture(scope="module")
def service(database, tmp_path_factory):
    """The service on this module's database, with two workers."""
    folder = tmp_path_factory.mktemp("served")
    url = database.owner.url.render_as_string(hide_password=False)
    settings = Settings(var=folder, workers=2, database_url=url)
    at = web_server.address(f"127.0.0.1:{free_port()}")
    log = folder / "web.log"
    with pytest.MonkeyPatch.context() as given:
        for name in ("var", "database_url"):
            given.setenv(variable(name), str(getattr(settings, name)))
        running = web_server.launch(settings, at, log)
    try:
        web_server.wait(running, at, log)
        yield at
        assert "Traceback" not in log.read_text()
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


@pytest.fixture(scope="module")
def districts(database) -> dict[str, tuple[int, int]]:
    with database.owner.connect() as db:
        return {"bihar": two_of(db, BIHAR), "kerala": two_of(db, KERALA)}


@pytest.fixture(scope="module")
def readers(token, districts) -> list[Reader]:
    first = districts["bihar"][0]
    states = [
        Reader(token("state", state=code), Scope(frozenset({code})), LEVELS)
        for code in (MAHARASHTRA, MAHARASHTRA, BIHAR, KERALA)
    ]
    some = [
        Reader(
            token("district", district=code),
            Scope(frozenset({state}), frozenset({code})),
            LEVELS,
        )
        for code, state in ((PUNE, MAHARASHTRA), (first, BIHAR))
    ]
    ministry = Reader(token("ministry"), COUNTRY, LEVELS[:2])
    return [*states, *some, ministry, ministry]


@pytest.fixture(scope="module")
def told(service, database, readers, token, districts):
    """What all readers noted while the writer worked, and every version's rows."""
    writer = Writer(service, database, token("uploader", state=MAHARASHTRA), districts)
    writer.upload("before-", seed=5)
    news = News(writer.note())
    working = threading.Thread(target=writer.work, args=(news, SECONDS))
    working.start()
    notes = crowd(service, readers, news)
    working.join()
    return notes, writer.truth


@pytest.fixture(scope="module")
def answers(told) -> list[Told]:
    notes, _ = told
    return [each for note in notes for each in note]


def test_nobody_is_told_anything_but_answers(answers, told):
    statuses = Counter(each.status for each in answers)
    assert set(statuses) <= {200, 204, 304}
    assert statuses[200] > 100
    assert statuses[304] > 20
    assert len(told[1]) > 10


def of_kind(answers, *kinds):
    return [each for each in answers if each.kind in kinds and each.status == 200]


def test_every_answer_is_exactly_what_its_version_says(answers, told):
    checked = 0
    for each in of_kind(answers, "flows", "arrow"):
        found = document(each)
        people = difference(each, found, told[1][found["version"]])
        moved = {pair: n for pair, n in people.items() if n and pair[0] != pair[1]}
        assert found["total"] == sum(moved.values())
        assert found["total"] + found["internal"] == sum(people.values())
        assert found["shown"] + found["hidden"] == found["total"]
        assert found["edges_total"] == len(moved)
        largest = sorted(moved.items(), key=lambda item: (-abs(item[1]), item[0]))
        k = int(each.asked.filters.get("k", 1000))
        edges = [((e["origin"], e["destination"]), e["n"]) for e in found["edges"]]
        assert edges == largest[:k]
        checked += bool(moved)
    assert checked > 50


def test_an_answer_is_about_the_days_that_were_asked(answers, told):
    lasts = 0
    for each in of_kind(answers, "flows", "arrow", "cluster"):
        found, filters = document(each), each.asked.filters
        name = filters.get("window", "all")
        for end in {"from", "to"} & set(filters):
            assert found[end] == filters[end]
        if name == "2020-W19":
            assert (found["from"], found["to"]) == ("2020-05-04", "2020-05-10")
        days = {row.day for row in each.asked.of(told[1][found["version"]])}
        if name == "last7" and days and found["to"]:
            first, last = window(found)
            assert (last - first) == timedelta(days=6)
            lasts += last == max(days)
    assert lasts


def test_clusters_hold_everyone_too(answers, told):
    clusters = of_kind(answers, "cluster")
    assert clusters
    for each in clusters:
        found = document(each)
        people = difference(each, found, told[1][found["version"]])
        assert found["total"] + found["internal"] == sum(people.values())


def test_the_days_add_up_to_everyone(answers, told):
    days = of_kind(answers, "days")
    assert days
    for each in days:
        found = json.loads(each.body)
        wanted: Counter = Counter()
        for row in each.asked.of(told[1][found["version"]]):
            wanted[row.day.isoformat()] += row.n
        first = date.fromisoformat(found["first"]) if found["first"] else None
        told_ = {
            (first + timedelta(days=at)).isoformat(): n
            for at, n in enumerate(found["people"])
        }
        assert +Counter(told_) == +wanted


def test_no_answer_is_older_than_what_was_committed_before_it_was_asked(told):
    for note in told[0]:
        last = 0
        for each in note:
            if each.kind == "tile" or each.status != 200:
                continue
            version = document(each)["version"]
            assert version >= max(each.least, last)
            last = version


def test_not_modified_is_told_only_while_nothing_changed(told):
    kept = 0
    for note in told[0]:
        versions_of = {}
        for each in note:
            tag = each.headers.get("ETag")
            if each.status == 200 and each.kind != "tile":
                versions_of[tag] = document(each)["version"]
            if each.status == 304:
                assert tag == each.tag
                # The tag is of a version at most that of the body it came with.
                assert each.least <= versions_of.get(tag, 2**62)
                kept += 1
    assert kept > 5


def test_a_tile_is_of_one_version_that_is_not_too_old(answers, told):
    drawn = 0
    for each in of_kind(answers, "tile"):
        found = lines(each)
        drawn += len(found)
        new_enough = (rows for at, rows in told[1].items() if at >= each.least)
        assert any(fits(each, found, rows) for rows in new_enough)
    assert drawn > 50


def test_no_pair_of_another_scope_is_in_any_answer(answers, database):
    with database.owner.connect() as db:
        units = gazetteer(db).districts
    pairs = 0
    for each in answers:
        for origin, destination in ends(each):
            pairs += 1
            assert touches(each.asked, origin, destination, units)
    assert pairs > 500


def test_the_loud_numbers_are_heard_by_those_they_belong_to_alone(answers):
    heard = Counter()
    for each in of_kind(answers, "flows", "cluster", "days"):
        text = each.body.decode()
        quiet = each.asked.scope.states == frozenset({MAHARASHTRA})
        for name, n in LOUD.items():
            if str(n) in text:
                heard[name] += 1
                assert not quiet
    assert set(heard) == set(LOUD)


def test_an_upload_is_visible_at_once(service, database, told, token, districts):
    writer = Writer(service, database, token("uploader", state=MAHARASHTRA), districts)
    bearer = token("state", state=MAHARASHTRA)
    wire = http.client.HTTPConnection(service.host, service.port, timeout=30)
    took = []
    for at in range(8):
        writer.upload(f"visible-{at}-", seed=at)
        begin = time.perf_counter()
        wire.request(
            "GET", "/flows/district", headers={"Authorization": f"Bearer {bearer}"}
        )
        found = json.loads(wire.getresponse().read())
        took.append(time.perf_counter() - begin)
        version = writer.note()
        assert found["version"] == version
        mine = Asked(Scope(frozenset({MAHARASHTRA})), "district", {})
        everyone = sum(mine.summed(writer.truth[version], date.min, date.max).values())
        assert found["total"] + found["internal"] == everyone
    wire.close()
    print(f"committed to visible: {statistics.median(took) * 1000:.1f} ms")  # noqa: T201
    assert statistics.median(took) < 0.1

"""What keeps a process's cube: its writer of bases, and the thread that listens."""

import os
import signal
import threading
import time
from functools import partial
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy import create_engine

from gis_service import cube
from gis_service.cube import Renewal
from layers.cube import keeper
from layers.cube.keeper import Keeper
from tests.flow_rows import MUMBAI, PUNE, flow
from tests.flow_truth import change
from tests.keeping import asked, commit, known, people, people_now


def until(true, *, seconds: float = 10.0) -> None:
    """Wait for something."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


@pytest.fixture
def renewal(database, tmp_path):
    """Starts real writers, and waits for them."""
    made = Renewal(database.owner, tmp_path / "cube")
    yield made
    if made._running:
        made._running.wait(20)


def test_a_first_start_has_a_base_written_and_answers(
    database, tmp_path, renewal, monkeypatch
):
    monkeypatch.setattr(keeper, "SMALL_ROWS", 0)
    commit(database, 50)
    kept = Keeper(folder=renewal.folder, renew=renewal)
    answer = asked(kept, database)
    assert people(answer) == people_now(database)
    assert answer.version == known(database)["flows"]
    names = [path.name for path in renewal.folder.iterdir()]
    assert names == [f"{answer.epoch:x}-{answer.base.version}.cube"]


def test_a_killed_first_writer_is_followed_by_another(
    database, tmp_path, renewal, monkeypatch
):
    monkeypatch.setattr(keeper, "SMALL_ROWS", 0)
    monkeypatch.setattr(keeper, "FIRST_AGAIN_S", 0.1)
    pids = []

    def renew() -> None:
        renewal()
        if renewal._running.pid not in pids:
            pids.append(renewal._running.pid)
        if len(pids) == 1 and renewal._running.poll() is None:
            os.kill(pids[0], signal.SIGKILL)

    kept = Keeper(folder=renewal.folder, renew=renew)
    assert people(asked(kept, database)) == people_now(database)
    assert len(pids) > 1


def test_one_writer_at_a_time_is_started(renewal):
    renewal()
    first = renewal._running
    renewal()
    assert renewal._running is first


def test_what_the_writer_needs_is_in_no_list_of_processes(renewal, database):
    renewal()
    told = " ".join(renewal._running.args)
    assert database.owner.url.host is None or database.owner.url.host not in told
    assert database.owner.url.database not in told


LISTENER = "nmis-listening-test"
# The thread has no end; the fixture ends it by an exception.
ENDED = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnhandledThreadExceptionWarning"
)


@pytest.fixture
def watching(database, server, tmp_path, monkeypatch):
    """A watched cube, where nothing but notices makes the thread look."""
    ended = threading.Event()

    def pause(_seconds: float) -> None:
        if ended.is_set():
            raise SystemExit

    named = partial(create_engine, connect_args={"application_name": LISTENER})
    monkeypatch.setattr(cube, "LOOK_EVERY_S", 60.0)
    monkeypatch.setattr(cube, "create_engine", named)
    monkeypatch.setattr(cube, "time", SimpleNamespace(sleep=pause))
    kept = Keeper(folder=tmp_path, renew=lambda: None)
    thread = cube.watched(kept, database)
    until(lambda: kept._snapshot is not None)
    yield kept
    ended.set()
    until(lambda: dropped(server) or not thread.is_alive())
    thread.join(10)
    assert not thread.is_alive()


def dropped(server) -> int:
    """End the connections that listen; how many there were."""
    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    with psycopg.connect(address, autocommit=True) as db:
        found = db.execute(f"{ended} WHERE application_name = %s", [LISTENER])
        return found.rowcount


@ENDED
def test_a_notice_makes_the_cube_catch_up_before_it_is_asked(database, watching):
    for n in (3, 4):
        version = commit(database, n)
        begin = time.monotonic()
        until(lambda at=version: watching._snapshot.version == at)
        assert time.monotonic() - begin < 1


@ENDED
def test_a_lost_connection_listens_again_and_misses_nothing(database, server, watching):
    before = watching._snapshot.version
    assert dropped(server) == 1
    # Lost with the connection, or sent while there was none.
    with database.owner.begin() as db:
        change(db, [flow(MUMBAI, PUNE, 6)])
    until(lambda: watching._snapshot.version > before)
    version = commit(database, 7)
    until(lambda: watching._snapshot.version == version)


def test_a_notice_that_is_lost_makes_no_answer_old(database, tmp_path):
    kept = Keeper(folder=tmp_path, renew=lambda: None)  # nobody listens at all
    for n in (1, 2, 3):
        version = commit(database, n)
        assert asked(kept, database).version == version
        assert people(asked(kept, database)) == people_now(database)

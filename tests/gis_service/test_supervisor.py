import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from gis_service import cluster, db, gate, supervisor, web_server
from gis_service.cluster import config
from gis_service.migrations import newest
from gis_service.settings import Settings
from gis_service.web_server import Address, BadAddress, PortInUse

# Processes are to start and stop within seconds.
pytestmark = pytest.mark.alone

NMIS = str(Path(sys.executable).with_name("nmis"))


@pytest.fixture(scope="module")
def var():
    with tempfile.TemporaryDirectory(prefix="nmis-up-") as folder:
        path = Path(folder)
        path.chmod(0o711)  # the server may run as another account
        yield path
        cluster.stop(path)


@pytest.fixture
def at():
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return Address("127.0.0.1", tried.getsockname()[1])


@contextmanager
def up(var, at):
    """A running ``nmis up``, in the background as a shell starts it: INT ignored."""
    env = {"NMIS_VAR": str(var), "NMIS_BIND": f"127.0.0.1:{at.port}"}
    # Whatever runs the tests may have been told to outlive its terminal (nohup).
    heard = ["env", "--default-signal=HUP"]
    command = [*heard, "sh", "-c", 'trap "" INT; exec "$@"', "sh", NMIS, "up"]
    with subprocess.Popen(
        [*command, "--demo-people", "0"],
        env={**os.environ, **env, "NMIS_WORKERS": "1", "NMIS_DATABASE_URL": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as started:
        said = []
        for line in started.stdout:
            said.append(line)
            if line.startswith("Serving on"):
                break
        else:
            pytest.fail("".join(said))
        try:
            yield started
        finally:
            started.kill()


def eventually(true, seconds=20):
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.1)
    return true()


def test_ctrl_c_stops_everything_though_a_shell_ignores_it(var, at):
    with up(var, at) as started:
        assert web_server.answers(at)
        os.killpg(started.pid, signal.SIGINT)
        assert "has ended" in started.stdout.read()
        assert started.wait(20) == 0
    assert not cluster.is_running(var)
    web_server.check_free(at)


def test_what_a_killed_supervisor_started_ends_and_the_next_start_works(var, at):
    with up(var, at) as started:
        started.kill()
        started.wait()
        assert eventually(lambda: not cluster.is_running(var))
    with up(var, at) as again:
        again.terminate()
        assert again.wait(30) == 0
    assert not cluster.is_running(var)


def test_a_web_server_database_or_worker_that_dies_is_started_again(var, at):
    with up(var, at) as started:
        for name in ("granian", "postgres", "nmis"):
            os.kill(child(started.pid, name), signal.SIGKILL)
            assert "is started again" in started.stdout.readline()
            assert eventually(lambda: web_server.answers(at))
        assert eventually(lambda: cluster.is_running(var))
        started.send_signal(signal.SIGHUP)
        assert started.wait(30) == 0


def child(parent, name):
    for stat in Path("/proc").glob("[0-9]*/stat"):
        pid, comm, _state, ppid = stat.read_text().split()[:4]
        if int(ppid) == parent and comm == f"({name})":
            return int(pid)
    raise AssertionError(name)


def test_a_port_in_use_is_named_with_a_way_out(at, monkeypatch):
    monkeypatch.setattr(web_server, "PORT_S", 0)
    with socket.socket() as taken:
        taken.bind((at.host, at.port))
        taken.listen()
        with pytest.raises(PortInUse, match=f"NMIS_BIND={at.host}:{at.port + 1}"):
            web_server.check_free(at)


@pytest.mark.parametrize("bind", ["8000", "127.0.0.1", ":8000", "127.0.0.1:99999"])
def test_an_address_that_cannot_be_is_refused_with_an_example(bind):
    with pytest.raises(BadAddress, match=r"127\.0\.0\.1:8000"):
        web_server.address(bind)


def test_an_address_is_shown_as_a_browser_takes_it():
    assert web_server.address("0.0.0.0:80").url == "http://127.0.0.1:80"
    assert web_server.address("[::1]:8000").url == "http://[::1]:8000"


def test_a_nohup_keeps_the_service_past_the_terminal():
    before = {number: signal.getsignal(number) for number in supervisor.SIGNALS}
    try:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        supervisor.listen()
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        with pytest.raises(supervisor.Stopped):
            signal.raise_signal(signal.SIGTERM)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_a_signal_that_was_lost_in_somebody_elses_code_stops_it_all_the_same(
    at, tmp_path, monkeypatch
):
    before = {number: signal.getsignal(number) for number in supervisor.SIGNALS}

    def swallowed(_pullers):
        with suppress(supervisor.Stopped):  # as a finaliser does
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(supervisor.Pullers, "step", swallowed)
    url = "postgresql://127.0.0.1:1/nothing"
    tree = supervisor.Tree(Settings(var=tmp_path, database_url=url), at, print)
    try:
        supervisor.listen()
        with pytest.raises(supervisor.Stopped):
            tree.watch(daily=lambda: None)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_a_daily_step_that_fails_stops_nothing_and_is_tried_again_soon(
    at, tmp_path, monkeypatch
):
    told, now, steps = [], [0.0], []

    def slept(_seconds):
        now[0] += 60.0

    def daily():
        steps.append(now[0])
        if len(steps) == 1:
            raise OperationalError("made up", None, Exception())
        if len(steps) == 3:
            raise supervisor.Stopped

    monkeypatch.setattr(supervisor.time, "sleep", slept)
    monkeypatch.setattr(supervisor.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(supervisor, "was_asked", lambda: False)
    monkeypatch.setattr(supervisor.Pullers, "step", lambda _self: None)
    url = "postgresql://127.0.0.1:1/nothing"
    settings = Settings(var=tmp_path, database_url=url)
    tree = supervisor.Tree(settings, at, told.append)
    with pytest.raises(supervisor.Stopped):
        tree.watch(daily=daily)
    soon = supervisor.FIRST_S + supervisor.AGAIN_S
    assert steps[0] == pytest.approx(supervisor.FIRST_S, abs=120)
    assert steps[1] == pytest.approx(soon, abs=240)
    assert steps[2] == pytest.approx(soon + supervisor.DAY_S, abs=360)
    assert told == ["The daily step failed (OperationalError); again in 10 minutes."]


def test_a_worker_lets_as_many_requests_work_at_once_as_it_has_connections():
    assert gate.AT_WORK == db.POOL_SIZE
    own = {
        "read": db.POOL_SIZE + db.READ_BESIDE,
        "audit": db.AUDIT_POOL_SIZE,
        "access": db.ACCESS_POOL_SIZE,
        "vault": db.VAULT_POOL_SIZE,
    }
    in_pools = sum(own.get(plane, db.POOL_SIZE) for plane in db.PLANES)
    assert in_pools + 1 == config.CONNECTIONS_PER_WORKER  # and the cube's listener


def test_a_worker_has_threads_for_all_who_work_or_wait_and_more():
    behind_the_gate = gate.AT_WORK + gate.WAITING + gate.LONG_WAITING
    assert behind_the_gate + 32 <= web_server.THREADS


def test_a_database_of_the_newest_migration_is_known_without_the_migration_tool(
    database, server
):
    own = database.owner.url.render_as_string(hide_password=False)
    empty = server.render_as_string(hide_password=False)
    assert newest.is_current(own)
    assert not newest.is_current(empty)

"""The real web server with armed workers: started, looked at, killed."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gis_service import web_server
from gis_service.settings import Settings, variable
from gis_service.web_server import Address
from tests.bench.service import free_port
from tests.chaos import points

ROOT = Path(__file__).parents[2]

# granian ends when the worker it respawned last dies within 5.5 seconds; that is for
# the supervisor, whose own tests kill it.
AWAKE_S = 6.0
ENDED = {"", "Z", "X"}
# A process that writes to a busy disk stops when that is done.
STILL_S = 30.0
TICKS = os.sysconf("SC_CLK_TCK")


def started(
    command: list[str], told: dict[str, str], *, log: Path
) -> subprocess.Popen[bytes]:
    """Start what ends with us, in a session of its own."""
    with log.open("ab") as out:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "--", *command],
            env=os.environ | told,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


@dataclass(slots=True)
class Served:
    """The server.

    Attributes:
        settings: of the installation.
        at: where it listens.
        folder: where armed workers look who waits for them.
        process: granian's first process; another after a death of the whole server.
        starts: how often the whole server was started.
    """

    settings: Settings
    at: Address
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    starts: int = field(default=0)

    @property
    def log(self) -> Path:
        return self.settings.var / "web.log"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [
            "tests.chaos.armed:app" if each == "gis_service.wsgi:app" else each
            for each in web_server.command(self.settings, self.at)
        ]
        assert "tests.chaos.armed:app" in command
        told = {
            variable("var"): str(self.settings.var),
            variable("database_url"): "",
            points.FOLDER: str(self.folder),
            "PYTHONPATH": str(ROOT),
        }
        self.process = started(command, told, log=self.log)
        self.starts += 1
        web_server.wait(self.process, self.at, self.log)

    def revive(self) -> None:
        """Start it again where the whole server has ended."""
        if self.process is None or self.process.poll() is not None:
            self.start()

    def workers(self) -> list[int]:
        """The workers' process numbers, those first that live longest."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        found = {int(pid) for each in children for pid in _text(each).split()}
        return sorted(found, key=_age, reverse=True)

    def awake(self) -> list[int]:
        """Those that serve, and whose death granian takes for an accident."""
        return [
            pid
            for pid in self.workers()
            if points.up(self.folder, pid).exists() and _age(pid) > AWAKE_S
        ]

    def stop(self) -> None:
        """Kill all of it."""
        if self.process is not None:
            kill_all(self.process)


@contextmanager
def served(settings: Settings) -> Iterator[Served]:
    """Serve the installation in ``settings.var`` until the block ends."""
    folder = settings.var / "points"
    folder.mkdir()
    at = web_server.address(f"127.0.0.1:{free_port()}")
    running = Served(settings, at, folder)
    try:
        running.start()
        yield running
    finally:
        running.stop()


def freeze(pid: int) -> bool:
    """Stop a process where it is; whether it was there."""
    try:
        os.kill(pid, signal.SIGSTOP)
    except ProcessLookupError:
        return False
    return is_still(pid)


def is_still(pid: int) -> bool:
    """Wait until all threads of a process stand still; False if it has ended."""
    until = time.monotonic() + STILL_S
    while time.monotonic() < until:
        if _state(_proc(pid) / "stat") in ENDED:
            return False
        # A thread that ends meanwhile has no state any more.
        states = {_state(each) for each in _proc(pid).glob("task/*/stat")}
        if states <= {"T", *ENDED}:
            return True
        time.sleep(0.002)
    message = f"process {pid} does not stand still"
    raise AssertionError(message)


def kill(pid: int) -> None:
    """Kill a process; it may be gone already."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """Kill the server's first process and its workers at once."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _proc(pid: int) -> Path:
    return Path(f"/proc/{pid}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _fields(stat: Path) -> list[str]:
    return _text(stat).rpartition(")")[2].split()


def _state(stat: Path) -> str:
    return (_fields(stat) or [""])[0]


def _age(pid: int) -> float:
    found = _fields(_proc(pid) / "stat")
    if not found:
        return 0.0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - int(found[19]) / TICKS

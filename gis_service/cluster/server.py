"""The server's life: made, started or found alive, asked, stopped."""

import fcntl
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from gis_service.cluster import config, processes
from gis_service.cluster.errors import DidNotStart
from gis_service.cluster.place import SOCKET, Place, make_socket_folder
from gis_service.cluster.programs import Programs, programs

# After a power cut the server first replays up to a gibibyte of its log.
START_S = 300.0
STEP_S = 0.05

# A server that outlives us is no child of ours: by now its process must be there.
APPEAR_S = 5.0

# The log tells the last days; more is of no use to anybody.
LONGEST_LOG = 10 * 1024**2
LOG_TAIL = 15

Process = subprocess.Popen[bytes]


@contextmanager
def one_at_a_time(where: Place) -> Iterator[None]:
    """Let one program at a time make or start the cluster; others wait here."""
    with (where.home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_alive(where: Place) -> bool:
    """Return whether a server is up and answers.

    One that is starting is waited for. One that is shutting down is waited for too,
    and one that lost its socket is stopped: both count as dead.
    """
    until = time.monotonic() + START_S
    while processes.postmaster(where.data) and time.monotonic() < until:
        if _answers(where):
            return True
        if not (where.socket / SOCKET).exists() and _is_ready(where):
            processes.stop(where.data)
        time.sleep(STEP_S)
    return False


def launch(
    where: Place, *, on: config.Machine, durable: bool, kept: bool
) -> Process | None:
    """Make the data where there is none, start the server, wait until it answers.

    Args:
        where: the cluster's folders.
        on: the machine to fit the settings to.
        durable: False for a throw-away cluster.
        kept: True for a server that outlives this program; else it ends with it.

    Raises:
        DidNotStart: with the last lines of its log.
    """
    found = programs(major=_major(where))
    if not (where.data / "PG_VERSION").exists():
        _make(found, where, durable=durable)
    processes.clear_remains(where.data, where.socket / SOCKET)
    make_socket_folder(where)
    config.write(where, on, durable=durable, major=found.major)
    process = _run(found, where, kept=kept)
    try:
        _wait(where, process)
    except BaseException:
        # Nobody else knows of it yet: told to stop meanwhile, we must.
        if process:
            process.send_signal(signal.SIGINT)
            process.wait(processes.STOP_S)
        raise
    return process


def _major(where: Place) -> int | None:
    written = where.data / "PG_VERSION"
    return int(written.read_text(encoding="ascii")) if written.exists() else None


def _make(found: Programs, where: Place, *, durable: bool) -> None:
    # Made beside and renamed, so that a kill half way leaves no half of a cluster.
    fresh = where.home / "data.new"
    subprocess.run(["rm", "-rf", str(fresh)], check=True)
    fresh.mkdir(mode=0o700)
    where.own(fresh)
    command = found.command(
        "initdb",
        f"--pgdata={fresh}",
        f"--username={config.ADMIN}",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--auth=peer",
        "--data-checksums",
        *([] if durable else ["--no-sync"]),
    )
    done = subprocess.run(
        where.as_server(command), cwd="/", capture_output=True, check=False
    )
    if done.returncode != 0:
        raise DidNotStart(f"initdb failed: {done.stderr.decode(errors='replace')}")
    fresh.rename(where.data)


def _run(found: Programs, where: Place, *, kept: bool) -> Process | None:
    command = found.command("postgres", "-D", str(where.data))
    with _log(where) as log:
        if kept:
            apart = ["setsid", "--fork", *where.as_server(command)]
            subprocess.run(
                apart, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                check=True,
            )  # fmt: skip
            return None
        # A session of its own: Ctrl-C goes to the supervisor, which first lets the
        # web workers finish. The signal comes when the *thread* that starts it ends:
        # start it from a thread that lives as long as the server should.
        return subprocess.Popen(
            where.as_server(command, signal="INT"),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


@contextmanager
def _log(where: Place) -> Iterator[int]:
    if where.log.exists() and where.log.stat().st_size > LONGEST_LOG:
        where.log.rename(where.log.with_suffix(".log.1"))
    with where.log.open("ab") as log:
        where.log.chmod(0o600)
        yield log.fileno()


def _wait(where: Place, process: Process | None) -> None:
    begun = time.monotonic()
    until = begun + START_S
    while not _answers(where):
        ended = process and process.poll() is not None
        appeared = time.monotonic() < begun + APPEAR_S or _is_there(where)
        if ended or not appeared:
            raise DidNotStart(f"The database server ended at once:\n{_tail(where)}")
        if time.monotonic() > until:
            raise DidNotStart(f"The database server does not answer:\n{_tail(where)}")
        time.sleep(STEP_S)


def _is_there(where: Place) -> bool:
    return processes.postmaster(where.data) is not None


def _answers(where: Place) -> bool:
    with suppress(psycopg.OperationalError):
        psycopg.connect(where.url(config.ADMIN, "postgres")).close()
        return True
    return False


def _is_ready(where: Place) -> bool:
    # The eighth line of postmaster.pid says how far the server is.
    with suppress(OSError):
        lines = (where.data / "postmaster.pid").read_text().split("\n")
        return [line.strip() for line in lines[7:8]] == ["ready"]
    return False


def _tail(where: Place) -> str:
    lines = where.log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-LOG_TAIL:])

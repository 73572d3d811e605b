"""The web workers: how they are started, and whether they answer."""

import errno
import http.client
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from gis_service import metrics
from gis_service.settings import Settings, variable

# Loading the libraries takes two seconds on a small machine, much more on a busy one.
ANSWER_S = 120.0
STEP_S = 0.1

# Workers of a killed server let go of the port within a moment.
PORT_S = 5.0

# A request under way may still be writing a batch; that takes a second or two. Cut
# short, it leaves nothing behind.
WORKER_STOP_S = 4
STOP_S = 15.0


# Threads of a worker. The gate (gis_service/gate.py) lets few of them work; those that
# wait before it need one each, and the rest answer kept answers, /health and refusals
# at once. They are made as they are needed.
THREADS = 128
# Connections of a worker at once: readers keep theirs open, and one who is not let in
# here hears nothing at all.
CONNECTIONS = 2048


# For glibc. The cube's arrays of some MB come and go with each answer; given back to
# the system and asked for anew, they made a nationwide answer three times as slow (9.4
# ms against 3.1, in a thread). Two heaps: each thread's own would keep as much.
MALLOC = {
    "MALLOC_MMAP_THRESHOLD_": 64 * 2**20,
    "MALLOC_TRIM_THRESHOLD_": 32 * 2**20,
    "MALLOC_TOP_PAD_": 16 * 2**20,
    "MALLOC_ARENA_MAX": 2,
}


class PortInUse(Exception):
    """Another program serves on the address that we should serve on."""


class NoAnswer(Exception):
    """The web workers ended, or do not answer; their last messages are given."""


class BadAddress(Exception):
    """NMIS_BIND is not an ``address:port`` that this machine can serve on."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the service listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address for a browser on this machine."""
        anywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - to be read
        plain = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{anywhere.get(self.host, plain)}:{self.port}"


def address(bind: str) -> Address:
    """Return the address in a text such as ``127.0.0.1:8000`` or ``[::1]:8000``.

    Raises:
        BadAddress: with an example of what is allowed.
    """
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 2**16:
        raise BadAddress(f"NMIS_BIND is {bind!r}; allowed: such as 127.0.0.1:8000")
    return Address(host.strip("[]"), int(port))


def check_free(at: Address) -> None:
    """Wait a moment for the port, then refuse.

    Raises:
        PortInUse: says how to choose another.
    """
    until = time.monotonic() + PORT_S
    while not _is_free(at):
        if time.monotonic() > until:
            raise PortInUse(
                f"{at.host}:{at.port} is in use by another program. Stop it, or choose"
                f" another port: NMIS_BIND={at.host}:{at.port + 1}"
            )
        time.sleep(STEP_S)


def command(settings: Settings, at: Address) -> list[str]:
    """Return the command line of the web server."""
    told = MALLOC | {
        variable("public"): settings.public,
        metrics.FOLDER_VARIABLE: metrics.folder(settings.var),
    }
    return [
        *("/usr/bin/env", *(f"{name}={value}" for name, value in told.items())),
        *(str(Path(sys.executable).with_name("granian")), "gis_service.wsgi:app"),
        *("--factory", "--interface", "wsgi", "--no-ws"),
        *("--host", at.host, "--port", str(at.port)),
        *("--workers", str(settings.workers), "--respawn-failed-workers"),
        *("--blocking-threads", str(THREADS)),
        *("--backlog", str(CONNECTIONS), "--backpressure", str(CONNECTIONS)),
        # A worker that is told to stop while it starts does not hear it.
        *("--workers-kill-timeout", str(WORKER_STOP_S), "--log-level", "warning"),
    ]


def launch(settings: Settings, at: Address, log: Path) -> subprocess.Popen[bytes]:
    """Start the web server; it ends when the thread that called this ends."""
    bound = ["setpriv", "--pdeathsig", "TERM", "--", *command(settings, at)]
    with log.open("ab") as out:
        return subprocess.Popen(  # noqa: S603 - our own command line
            bound,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )


def wait(process: subprocess.Popen[bytes], at: Address, log: Path) -> None:
    """Wait until the server answers.

    Raises:
        NoAnswer: with the last lines of its log.
    """
    until = time.monotonic() + ANSWER_S
    while not answers(at):
        if process.poll() is not None or time.monotonic() > until:
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            last = "\n".join(lines[-20:])
            raise NoAnswer(f"The web server does not answer. {log} says:\n{last}")
        time.sleep(STEP_S)


def answers(at: Address) -> bool:
    """Return whether the server answers a request, whatever it says."""
    host = at.url.removeprefix("http://").rpartition(":")[0].strip("[]")
    with closing(http.client.HTTPConnection(host, at.port, timeout=5)) as asked:
        try:
            asked.request("GET", "/health")
            with asked.getresponse() as answer:
                return answer.status > 0
        except (OSError, http.client.HTTPException):
            return False


def _is_free(at: Address) -> bool:
    family = socket.AF_INET6 if ":" in at.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((at.host, at.port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise BadAddress(
                    f"NMIS_BIND: {at.host}:{at.port}: {error.strerror}"
                ) from error
            return False
        return True

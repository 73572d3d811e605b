"""Other programs that serve the same tables, each with one worker on this machine."""

import http.client
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.service import Client, free_port

ROOT = Path(__file__).parents[2]
INSTALLED = ROOT / "var" / "peers"
START_S = 60.0
STEP_S = 0.05
STOP_S = 10.0


@dataclass(frozen=True, slots=True)
class Peer:
    """A program that can be started; ``{port}`` in its words becomes its port.

    ``path`` is asked until it answers 200: the program is up.
    """

    name: str
    version: str
    command: Sequence[str]
    path: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict)


class DidNotStart(Exception):
    """A peer ended, or did not answer; its log says why."""


@contextmanager
def running(peer: Peer, folder: Path) -> Iterator[Client]:
    """Start a peer and yield a kept connection to it; it is ended by its process id."""
    port = free_port()
    given = {name: text.format(port=port) for name, text in peer.environment.items()}
    log = folder / f"{peer.name}.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [word.format(port=port) for word in peer.command],
            env={**os.environ, **given},
            cwd=folder,
            stdout=out,
            stderr=out,
        )
    try:
        _wait(process, peer, port, log)
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        yield Client(wire, process.pid)
        wire.close()
    finally:
        process.terminate()
        try:
            process.wait(timeout=STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen, peer: Peer, port: int, log: Path) -> None:
    until = time.monotonic() + START_S
    while not _is_up(port, peer.path):
        if process.poll() is not None or time.monotonic() > until:
            last = log.read_text(errors="replace").splitlines()[-20:]
            raise DidNotStart("\n".join([f"{peer.name} does not answer.", *last]))
        time.sleep(STEP_S)


def _is_up(port: int, path: str) -> bool:
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        wire.request("GET", path)
        return wire.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        wire.close()

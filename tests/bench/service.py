"""The service itself, served by granian as in production, and a client of it."""

import gzip
import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gis_service import web_server
from gis_service.settings import Settings, variable


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer and how long it took, in seconds, to its last byte."""

    status: int
    body: bytes
    seconds: float
    headers: Mapping[str, str]

    def plain(self) -> bytes:
        """The body as it was before it was gzipped."""
        zipped = self.body.startswith(b"\x1f\x8b")
        return gzip.decompress(self.body) if zipped else self.body


@dataclass(frozen=True, slots=True)
class Client:
    """One kept connection to a server, and the server's process id."""

    wire: http.client.HTTPConnection
    pid: int = 0

    def ask(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        body: bytes | None = None,
        kind: str | None = None,
        expect: tuple[int, ...] = (200,),
    ) -> Answer:
        headers = {"Accept-Encoding": "gzip"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if kind:
            headers["Content-Type"] = kind
        begin = time.perf_counter()
        self.wire.request(method, path, body=body, headers=headers)
        response = self.wire.getresponse()
        read = response.read()
        seconds = time.perf_counter() - begin
        if response.status not in expect:
            message = f"{method} {path}: {response.status} {read[:500]!r}"
            raise AssertionError(message)
        told = {name.lower(): text for name, text in response.getheaders()}
        return Answer(response.status, read, seconds, told)


@contextmanager
def serving(settings: Settings) -> Iterator[Client]:
    """Start the service with one worker; it is ended by its process id."""
    at = web_server.address(f"127.0.0.1:{free_port()}")
    log = Path(settings.var) / "granian.log"
    environment = {
        **os.environ,
        variable("var"): str(settings.var),
        variable("database_url"): settings.database_url,
        variable("workers"): "1",
        variable("public"): settings.public,
    }
    with log.open("ab") as out:
        process = subprocess.Popen(
            web_server.command(settings, at), env=environment, stdout=out, stderr=out
        )
    try:
        web_server.wait(process, at, log)
        wire = http.client.HTTPConnection(at.host, at.port, timeout=60)
        yield Client(wire, process.pid)
        wire.close()
    finally:
        process.terminate()
        process.wait(timeout=web_server.STOP_S)


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]

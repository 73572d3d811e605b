"""What an attacker has of the service: its HTTP answers, and tokens to ask with."""

import http.client
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Flask

# The cube of the exact flows is read after the first officer asked for it.
WAIT_S, STEP_S = 60.0, 0.2


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; the names of its headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)


# Method, path and headers to an answer.
Send = Callable[[str, str, Mapping[str, str]], Answer]


@dataclass(frozen=True, slots=True)
class Door:
    """The service, and the tokens by name; "public" has none."""

    send: Send
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        path: str,
        *,
        who: str = "analyst",
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        expect: tuple[int, ...] = (200,),
    ) -> Answer:
        """Ask as somebody; 503 is waited out, as a client would."""
        said = dict(headers or {})
        if who != "public":
            said["Authorization"] = f"Bearer {self.tokens[who]}"
        until = time.monotonic() + WAIT_S
        while True:
            answer = self.send(method, path, said)
            if answer.status != 503 or 503 in expect or time.monotonic() > until:
                break
            time.sleep(STEP_S)
        if answer.status not in expect:
            message = f"{method} {path}: {answer.status} {answer.body[:300]!r}"
            raise AssertionError(message)
        return answer


def over_wire(wire: http.client.HTTPConnection) -> Send:
    """Send to a server by one kept connection, opened anew where it was closed."""

    def once(method: str, path: str, headers: Mapping[str, str]) -> tuple:
        wire.request(method, path, headers=dict(headers))
        got = wire.getresponse()
        return got, got.read()

    def send(method: str, path: str, headers: Mapping[str, str]) -> Answer:
        try:
            got, body = once(method, path, headers)
        except (http.client.RemoteDisconnected, ConnectionError):
            # The server closes what is idle while an attack computes.
            wire.close()
            got, body = once(method, path, headers)
        told = {name.lower(): text for name, text in got.getheaders()}
        return Answer(got.status, told, body)

    return send


def in_process(app: Flask) -> Send:
    """Send to the application itself, without a server."""
    client = app.test_client()

    def send(method: str, path: str, headers: Mapping[str, str]) -> Answer:
        got = client.open(path, method=method, headers=dict(headers))
        told = {name.lower(): text for name, text in got.headers}
        return Answer(got.status_code, told, got.data)

    return send

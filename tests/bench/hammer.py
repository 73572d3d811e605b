"""Requests per second over a few kept connections, with as little of Python as can be.

``http.client`` takes longer for one answer than a fast server does, and so would show
all servers as equally slow. Here a request is bytes made once, and an answer is read to
its length only.
"""

import selectors
import socket
import time
from dataclasses import dataclass, field

CONNECTIONS = 8
CHUNK = 1 << 18


@dataclass(slots=True)
class _Kept:
    """One connection: what came so far of the answer that it waits for."""

    wire: socket.socket
    came: bytearray = field(default_factory=bytearray)


class WrongAnswer(Exception):
    """An answer had another status than the one that is measured."""


def request(path: str, *, headers: dict[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {text}" for name, text in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def per_second(port: int, asked: bytes, *, status: int, seconds: float) -> float:
    """Return answers per second over ``CONNECTIONS`` connections.

    Raises:
        WrongAnswer: an answer has another status.
    """
    waiting = selectors.DefaultSelector()
    for _ in range(CONNECTIONS):
        wire = socket.create_connection(("127.0.0.1", port))
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(wire, selectors.EVENT_READ, _Kept(wire))
        wire.sendall(asked)
    answers, begin = 0, time.perf_counter()
    try:
        while time.perf_counter() < begin + seconds:
            for key, _ in waiting.select(timeout=1.0):
                kept: _Kept = key.data
                kept.came += kept.wire.recv(CHUNK)
                if _is_whole(kept.came, status):
                    answers += 1
                    kept.came.clear()
                    kept.wire.sendall(asked)
        return answers / (time.perf_counter() - begin)
    finally:
        for key in list(waiting.get_map().values()):
            key.data.wire.close()
        waiting.close()


def _is_whole(came: bytearray, status: int) -> bool:
    end = came.find(b"\r\n\r\n")
    if end < 0:
        return False
    if not came.startswith(f"HTTP/1.1 {status} ".encode()):
        raise WrongAnswer(bytes(came[:200]).decode(errors="replace"))
    head = bytes(came[:end]).lower()
    _, named, rest = head.partition(b"content-length:")
    length = int(rest.split(b"\r\n", 1)[0]) if named else 0
    return len(came) >= end + 4 + (0 if status == 304 else length)

"""The body of an answer, within limits of bytes, of time, and of inflation."""

import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from urllib3 import BaseHTTPResponse

from layers.errors import BadAnswer, SourceAway

MIB = 1024**2
PIECE = 64 * 1024

# zlib's window for each coding; that of deflate is found in its first byte.
GZIP, ZLIB, RAW = 31, 15, -15
CODINGS = ("gzip", "deflate")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a source's time and bytes we take.

    Attributes:
        most_bytes: of the body, packed and unpacked.
        total_s: seconds, for all of it, redirects included.
        read_s: seconds without any byte.
        most_inflated: bytes unpacked for each byte packed, beyond the first MiB.
    """

    most_bytes: int = 32 * MIB
    total_s: float = 60.0
    read_s: float = 10.0
    most_inflated: int = 100


def whole(answer: BaseHTTPResponse, *, limits: Limits, deadline: float) -> bytes:
    """Return a body, unpacked.

    Args:
        answer: with its headers read.
        limits: what is taken at most.
        deadline: instant (monotonic, seconds) until which it must be here.

    Raises:
        BadAnswer: it is too large, inflates too far, is packed in another way or cut.
        SourceAway: it takes too long.
    """
    told = answer.headers.get("Content-Length", "")
    if told.isdigit() and int(told) > limits.most_bytes:
        raise _too_large(limits)
    taken = bytearray()
    wire = _Counted(_pieces(answer, deadline, limits), limits)
    coding = answer.headers.get("Content-Encoding", "").strip().lower()
    for piece in _unpacked(wire, coding):
        taken += piece
        if len(taken) > limits.most_bytes:
            raise _too_large(limits)
        if len(taken) > max(MIB, limits.most_inflated * wire.count):
            raise BadAnswer(
                f"it inflates to more than {limits.most_inflated} times its size"
            )
    return bytes(taken)


def too_slow(limits: Limits) -> SourceAway:
    """Return what is raised where the time is up."""
    return SourceAway(f"it took longer than {limits.total_s:g} s")


@dataclass(slots=True)
class _Counted:
    """Pieces as they came over the wire, counted."""

    pieces: Iterator[bytes]
    limits: Limits
    count: int = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.count += len(piece)
            if self.count > self.limits.most_bytes:
                raise _too_large(self.limits)
            yield piece


def _pieces(
    answer: BaseHTTPResponse, deadline: float, limits: Limits
) -> Iterator[bytes]:
    # read() would wait for the whole piece, and a drop every second never ends it.
    while piece := answer.read1(PIECE, decode_content=False):
        yield piece
        if time.monotonic() >= deadline:
            break
    # What was cut off because the time is up looks like an end.
    if time.monotonic() >= deadline:
        raise too_slow(limits)


def _unpacked(pieces: _Counted, coding: str) -> Iterator[bytes]:
    if coding in ("", "identity"):
        yield from pieces
        return
    if coding not in CODINGS:
        raise BadAnswer(f"it is packed as {coding[:40]!r}; allowed: gzip, deflate")
    engine = None
    for piece in pieces:
        data = piece
        while data:
            engine = engine or zlib.decompressobj(_window(coding, data))
            yield from _inflated(engine, data)
            data = engine.unused_data
            if engine.eof:
                engine = None  # gzip may have several members
    if engine is not None:
        raise BadAnswer("it ends before it is complete")


def _inflated(engine: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """Yield what some bytes unpack to, never more than a piece at once."""
    try:
        while True:
            part = engine.decompress(data, PIECE)
            yield part
            data = engine.unconsumed_tail
            if engine.eof or (not data and len(part) < PIECE):
                return
    except zlib.error as error:
        raise BadAnswer("it cannot be unpacked") from error


def _window(coding: str, data: bytes) -> int:
    if coding == "gzip":
        return GZIP
    # Servers send both of what is called deflate; zlib's header has 8 in its low half.
    return ZLIB if data[0] & 0x0F == zlib.DEFLATED else RAW


def _too_large(limits: Limits) -> BadAnswer:
    return BadAnswer(f"it is larger than {limits.most_bytes:,} bytes")

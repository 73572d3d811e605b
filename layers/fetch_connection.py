"""One connection of the fetcher: to an address that was looked at, until a deadline."""

import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from socket import SHUT_RDWR, socket
from threading import Timer

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from layers.errors import SourceAway
from layers.fetch_address import Address
from layers.fetch_body import Limits, too_slow


@dataclass(frozen=True, slots=True)
class Way:
    """To whom we connect, and for how long."""

    at: Address
    found: Sequence[str]
    trust: ssl.SSLContext
    limits: Limits
    deadline: float

    def seconds(self) -> float:
        """Return how long one step may take."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise too_slow(self.limits)
        return min(left, self.limits.read_s)


@contextmanager
def answered(
    way: Way, headers: dict[str, str], body: bytes | None = None
) -> Iterator[BaseHTTPResponse]:
    """Ask, and give the answer with its headers read; told in our own words.

    Args:
        way: to whom.
        headers: that are sent.
        body: to POST; without one it is a GET.
    """
    try:
        connection = _connected(way)
        try:
            with _cut_at(way.deadline, connection.sock):
                connection.request(
                    "GET" if body is None else "POST",
                    way.at.target,
                    body=body,
                    headers=headers,
                    preload_content=False,
                    decode_content=False,
                )
                answer = connection.getresponse()
                way.seconds()  # headers that were cut off look like the whole of them
                yield answer
        finally:
            connection.close()
    except (OSError, HTTPException, HTTPError) as error:
        if time.monotonic() >= way.deadline:
            raise too_slow(way.limits) from error
        raise SourceAway(f"{way.at.host}: {_why(error, way.limits)}") from error


def _connected(way: Way) -> HTTPConnection:
    """Return a connection to the first address that takes one."""
    trouble: Exception | None = None
    for each in way.found:
        connection = _connection(way, each)
        try:
            connection.connect()
        except (OSError, HTTPError) as error:
            connection.close()
            trouble = error
        else:
            return connection
    raise trouble or SourceAway("no address")


def _connection(way: Way, ip: str) -> HTTPConnection:
    seconds = way.seconds()
    if way.at.scheme == "http":
        return HTTPConnection(ip, way.at.port, timeout=seconds)
    return HTTPSConnection(
        ip,
        way.at.port,
        timeout=seconds,
        ssl_context=way.trust,
        server_hostname=way.at.host,
    )


@contextmanager
def _cut_at(deadline: float, connected: socket) -> Iterator[None]:
    """Shut a connection when the time is up: headers may come letter by letter."""
    cut = Timer(deadline - time.monotonic(), _shut, [connected])
    cut.daemon = True
    cut.start()
    try:
        yield
    finally:
        cut.cancel()


def _shut(connected: socket) -> None:
    try:
        # The plain socket's own: that of TLS would drop its state under the reader.
        socket.shutdown(connected, SHUT_RDWR)
    except OSError:
        return  # it is closed already


def _why(error: Exception, limits: Limits) -> str:
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted: {cause.verify_message}"
    if isinstance(cause, TimeoutError):
        return f"nothing came for {limits.read_s:g} s"
    return f"the connection failed ({type(cause).__name__})"

"""Answers for everybody, given again without asking the application.

Flask, its checks and the database cost a request some milliseconds of one processor.
An answer that is whole and the same for everybody (tiles and TileJSON of public layers,
styles) is therefore kept here complete, with every header, by its address as it was
sent. Only an answer that the application marked (``answers.FOR_EVERYBODY``), that says
``public`` and sets no cookie is ever kept: nothing of a scope can get here.

What such answers depend on is the version of the boundaries. It is part of the key, and
is read again when it was read a second ago; readers' browsers keep the same answers for
five minutes (``answers.PUBLIC_CACHE``). Private answers never come from here: each
reads its versions anew.
"""

import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug.http import parse_etags

from gis_service import encodings
from gis_service.answers import FOR_EVERYBODY
from gis_service.cache import Cache

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]

# A version read longer ago than this is read again, by one request for all.
REFRESH_S = 0.5
# The others go on with the one they know for as long as this.
TRUST_S = 1.0

READS = ("GET", "HEAD")
KEPT_STATUS = ("200 OK", "204 NO CONTENT")
NOT_MODIFIED = "304 NOT MODIFIED"
# What only describes a body that a 304 does not have (RFC 9110, 15.4.5).
OF_BODY = {"content-type", "content-length", "content-encoding"}
HEADERS_BYTES = 1_000  # of an answer, about


@dataclass(frozen=True, slots=True)
class Complete:
    """An answer as it goes out, and what is sent to a reader who has it already."""

    status: str
    headers: Headers
    body: bytes
    etag: str
    bare: Headers

    def __len__(self) -> int:
        """Return what it weighs in the cache, in bytes."""
        return len(self.body) + HEADERS_BYTES


@dataclass(slots=True)
class Trusted:
    """A version that is at most about a second old.

    Attributes:
        read: gives the version now, or ``None`` where it cannot be had.
    """

    read: Callable[[], int | None]
    _known: int | None = None
    _since: float = float("-inf")
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def version(self) -> int | None:
        """Return it; ``None`` where it cannot be had."""
        age = time.monotonic() - self._since
        if age < REFRESH_S or (age < TRUST_S and self._lock.locked()):
            return self._known
        with self._lock:
            now = time.monotonic()
            if now - self._since >= REFRESH_S:
                self._known = self.read()
                self._since = now
            return self._known


@dataclass(frozen=True, slots=True)
class Front:
    """A WSGI application before another one; it answers what it has.

    Attributes:
        inner: whom to ask for everything else.
        trusted: the version that kept answers depend on.
        cache: of complete answers.
    """

    inner: "WSGIApplication"
    trusted: Trusted
    cache: Cache[Complete] = field(default_factory=Cache)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        method = environ["REQUEST_METHOD"]
        if method not in READS:
            return self.inner(environ, start_response)
        # No version, no trust: the application says what is wrong.
        version = self.trusted.version()
        if version is None:
            return self.inner(environ, start_response)
        key = (version, *address(environ))
        found = self.cache.kept(key)
        if found is None:
            return self._asked(key, environ, start_response)
        wanted = environ.get("HTTP_IF_NONE_MATCH")
        if wanted is not None and matches(wanted, found.etag):
            start_response(NOT_MODIFIED, found.bare)
            return [b""]
        start_response(found.status, found.headers)
        return [b"" if method == "HEAD" else found.body]

    def _asked(
        self,
        key: Hashable,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
    ) -> Iterable[bytes]:
        told: list[tuple[str, Headers]] = []

        def start(status: str, headers: Headers, *more: Any) -> Any:  # noqa: ANN401 - WSGI's own
            told[:] = [(status, headers)]
            return start_response(status, headers, *more)

        answer = self.inner(environ, start)
        if environ["REQUEST_METHOD"] == "GET" and environ.get(FOR_EVERYBODY) and told:
            body = b"".join(spent(answer))
            if kept := complete(*told[0], body):
                self.cache.keep(key, kept)
            return [body]
        return answer


def address(environ: "WSGIEnvironment") -> tuple[str, ...]:
    """Return all of a request that an answer for everybody may depend on.

    The host is among it, since links in an answer are written with it.
    """
    return (
        environ["PATH_INFO"],
        environ["QUERY_STRING"],
        encodings.chosen(environ.get("HTTP_ACCEPT_ENCODING", "")),
        environ.get("HTTP_HOST", ""),
        environ["wsgi.url_scheme"],
    )


def complete(status: str, headers: Headers, body: bytes) -> Complete | None:
    """Return an answer to keep; ``None`` where it may not be kept."""
    by_name = {name.lower(): value for name, value in headers}
    public = by_name.get("cache-control", "").startswith("public")
    etag = by_name.get("etag", "")
    if status.upper() not in KEPT_STATUS or not public or not etag:
        return None
    if "set-cookie" in by_name:
        return None
    bare = [(name, value) for name, value in headers if name.lower() not in OF_BODY]
    return Complete(status, headers, body, etag, bare)


def matches(wanted: str, etag: str) -> bool:
    """Return whether ``If-None-Match`` names a tag (weak comparison, RFC 9110)."""
    return wanted == etag or parse_etags(wanted).contains_raw(etag)


def spent(answer: Iterable[bytes]) -> Iterator[bytes]:
    """Yield an answer's parts and close it, as WSGI asks for."""
    try:
        yield from answer
    finally:
        close = getattr(answer, "close", None)
        if close:
            close()

"""Each request gets a number of its own, is counted, and may leave a line in the log.

A line names the address as it stands in the code (``/api/v1/people/<person>``), never
what was asked: nothing personal, no token and no filter is in it.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from flask import request

from gis_service import metrics
from gis_service.answers import FOR_EVERYBODY

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger("nmis.request")

HEADER = "X-Request-Id"
# What a proxy may have called a request; anything else gets a name of ours.
NAMED = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)
VIEW, IDENTITY = "nmis.view", "nmis.request_id"
NO_VIEW = "(none)"

SLOW_S = 1.0
READS = ("GET", "HEAD", "OPTIONS")
# Any other word is anybody's own, and stands in no log and no count.
METHODS = (*READS, "POST", "PUT", "PATCH", "DELETE")
OTHER = "(other)"
FAILED = 400  # the least HTTP status that says so

# Which requests leave a line: all, none, or those that write, fail or are slow.
KINDS = ("some", "all", "none")


@dataclass(frozen=True, slots=True)
class Logged:
    """A WSGI application whose requests are numbered, counted and logged.

    Attributes:
        inner: the application.
        kind: of ``KINDS``.
        named_before: whether a proxy of ours stands before it, whose number is kept.
    """

    inner: "WSGIApplication"
    kind: str = "some"
    named_before: bool = False

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        begun, number = time.perf_counter(), self._number(environ)
        environ[IDENTITY] = number
        told: list[str] = []
        metrics.UNDER_WAY.inc()

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:  # noqa: ANN401 - WSGI's own
            told[:] = [status]
            # An answer for everybody is kept and given again, to other requests.
            own = [] if environ.get(FOR_EVERYBODY) else [(HEADER, number)]
            return start_response(status, [*headers, *own], *more)

        def done() -> None:
            status = int(told[0][:3]) if told else 500
            self._noted(environ, number, status, time.perf_counter() - begun)

        try:
            parts = self.inner(environ, start)
        except BaseException:
            done()
            raise
        if isinstance(parts, list):
            done()
            return parts
        return Noted(parts, done)

    def _number(self, environ: "WSGIEnvironment") -> str:
        # From anybody it may be a telephone number, and it is kept in the audit log.
        given: str = environ.get("HTTP_X_REQUEST_ID", "") if self.named_before else ""
        return given if NAMED.fullmatch(given) else secrets.token_hex(8)

    def _noted(
        self, environ: "WSGIEnvironment", number: str, status: int, seconds: float
    ) -> None:
        view, given = environ.get(VIEW, NO_VIEW), environ["REQUEST_METHOD"]
        method = given if given in METHODS else OTHER
        metrics.UNDER_WAY.dec()
        metrics.REQUESTS.labels(view, method, str(status)).inc()
        metrics.SECONDS_TAKEN.labels(view).observe(seconds)
        notable = method not in READS or status >= FAILED or seconds > SLOW_S
        if self.kind == "all" or (self.kind == "some" and notable):
            line = {
                "request": number,
                "method": method,
                "view": view,
                "status": status,
                "ms": round(seconds * 1000, 1),
            }
            log.info(orjson.dumps(line).decode())


@dataclass(slots=True)
class Noted:
    """The parts of an answer; whoever made it is told once it has ended."""

    parts: Iterable[bytes]
    done: Callable[[], None]
    _ended: bool = False

    def __iter__(self) -> Iterator[bytes]:
        """Yield the parts."""
        yield from self.parts
        self._end()

    def close(self) -> None:
        """End the answer, read to its end or not."""
        try:
            close = getattr(self.parts, "close", None)
            if close:
                close()
        finally:
            self._end()

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self.done()


def name_view() -> None:
    """Note which view answers this request; to be called before it does."""
    rule = request.url_rule
    request.environ[VIEW] = rule.rule if rule else NO_VIEW


def current() -> str:
    """Return the number of this request."""
    number: str = request.environ.get(IDENTITY, "")
    return number

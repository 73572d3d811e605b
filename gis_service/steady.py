"""Bodies of requests, read for as long as their senders keep up.

The web server gives a body only in the lengths asked for, however long they take, so
that one who sends a byte now and then holds a place that others wait for.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from movements.errors import TooSlowToSend

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# A sender is waited for so long, and once more for each further megabyte; on a slower
# line a file is better sent in parts.
PATIENCE_S = 30.0
_PER_BYTES = 1024 * 1024
# Asked for at once: what comes in about a quarter of a second, as the last piece came.
_MOST = 64 * 1024
_AHEAD_S = 0.25
_FASTER = 16


class Source(Protocol):
    """Where the bytes come from: ``wsgi.input``."""

    def read(self, size: int = -1, /) -> bytes:
        """Return as many bytes, or all that are left."""
        ...


@dataclass(slots=True)
class Steady:
    """The body of one request.

    Attributes:
        source: what the server gives.
        clock: seconds.
    """

    source: Source
    clock: Callable[[], float] = time.monotonic
    taken: int = 0
    waited: float = 0.0
    step: int = 1

    def read(self, size: int = -1) -> bytes:
        """Return as many bytes, or all that are left; fewer only at the end.

        Raises:
            TooSlowToSend: they come too slowly.
        """
        found = bytearray()
        while size < 0 or len(found) < size:
            asked = self.step if size < 0 else min(self.step, size - len(found))
            piece = self._piece(asked)
            found += piece
            if len(piece) < asked:
                break
        return bytes(found)

    def _piece(self, size: int) -> bytes:
        begun = self.clock()
        piece = self.source.read(size)
        took = self.clock() - begun
        self.taken += len(piece)
        self.waited += took
        if self.waited > PATIENCE_S * (1 + self.taken / _PER_BYTES):
            raise TooSlowToSend(
                f"{self.taken} bytes took {self.waited:.0f} s; the first megabyte may"
                f" take {PATIENCE_S:.0f} s, and as long each further one. Send the file"
                " in parts: POST /api/v1/uploads"
            )
        soon = int(len(piece) / took * _AHEAD_S) if took else _MOST
        self.step = max(1, min(soon, self.step * _FASTER, _MOST))
        return piece


@dataclass(frozen=True, slots=True)
class SteadyBodies:
    """A WSGI application that reads its requests' bodies so."""

    inner: "WSGIApplication"

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request."""
        environ["wsgi.input"] = Steady(environ["wsgi.input"])
        return self.inner(environ, start_response)

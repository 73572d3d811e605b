"""How many requests are at work at once, how many wait, and what the others are told.

Each request at work may hold a database connection. More at once would wait for one
inside the application, and time out there; a queue without an end would answer
everybody late. So a bounded number works, a bounded number waits for a bounded time,
and whoever comes then is told at once to come again. ``/health`` needs no connection
and is always answered, and so is what ``front.py`` has.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from threading import Condition
from typing import TYPE_CHECKING, Any

from gis_service.callers import Callers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Per worker: as many as the pools have connections for (gis_service/db.py).
AT_WORK = 8
# Of these, at most so many that may take long (uploads, whole layers): maps go on.
LONG_AT_WORK = 4
# Of these, at most so many of one state: another's upload finds a place at once.
LONG_SHARE = 3
WAITING = 64
LONG_WAITING = 16
# A map's reader has gone on after two seconds; a system that sends a batch has not.
PATIENCE_S = 2.0
LONG_PATIENCE_S = 30.0

ALWAYS = ("/health",)
LONG_PATHS = ("/layers/", "/ogc/collections/", "/releases/")
READS = ("GET", "HEAD", "OPTIONS")

# Files on the disk that are on their way to readers: each holds a thread, and neither
# a connection nor a processor. One more holds its place among those at work.
SENT = 32
# Set for an answer that is such a file: see gis_service/file_answer.py.
FILED = "nmis.filed"

# An answer up to here is taken over whole, so that its request is done before a slow
# reader has it; what is larger, or has no length, is passed on as it comes.
WHOLE_BYTES = 4 * 1024 * 1024


class Busy(Exception):
    """As many requests wait already as may."""


@dataclass(eq=False, slots=True)
class Waiter:
    """One who waits, and for whom."""

    whose: Hashable


@dataclass(slots=True)
class Gate:
    """Lets ``room`` in at once and ``waiting`` wait.

    Whoever has the fewest inside is next, and of these who came first. Nobody who is
    known holds more than ``share`` of the room, or waits with more than half of those
    who may: the rest is for others.
    """

    room: int
    waiting: int
    share: int | None = None
    _inside: int = 0
    _by: Counter[Hashable] = field(default_factory=Counter)
    _queue: list[Waiter] = field(default_factory=list)
    _freed: Condition = field(default_factory=Condition)

    def enter(self, patience_s: float, whose: Hashable = None) -> bool:
        """Return whether there was room, at once or within the patience."""
        with self._freed:
            mine = Waiter(whose)
            if self._next([*self._queue, mine]) is mine:
                self._let_in(mine)
                return True
            if not self._may_wait(whose):
                return False
            self._queue.append(mine)
            try:
                there_is = self._freed.wait_for(
                    lambda: self._next(self._queue) is mine, patience_s
                )
            finally:
                self._queue.remove(mine)
                # Who was behind this one may be next.
                self._freed.notify_all()
            if there_is:
                self._let_in(mine)
            return there_is

    def leave(self, whose: Hashable = None) -> None:
        """Make room for one more."""
        with self._freed:
            self._inside -= 1
            self._by[whose] -= 1
            if not self._by[whose]:
                del self._by[whose]
            self._freed.notify_all()

    def _let_in(self, waiter: Waiter) -> None:
        self._inside += 1
        self._by[waiter.whose] += 1

    def _next(self, waiters: list[Waiter]) -> Waiter | None:
        if self._inside >= self.room:
            return None
        if self.share is None:
            return waiters[0]
        free = [each for each in waiters if self._by[each.whose] < self._share(each)]
        return min(free, key=lambda each: self._by[each.whose], default=None)

    def _share(self, waiter: Waiter) -> int:
        return self.room if self.share is None or waiter.whose is None else self.share

    def _may_wait(self, whose: Hashable) -> bool:
        if len(self._queue) >= self.waiting:
            return False
        own = sum(each.whose == whose for each in self._queue)
        return whose is None or self.share is None or own < max(1, self.waiting // 2)


@dataclass(frozen=True, slots=True)
class Gated:
    """A WSGI application that asks another one for no more than it can do.

    Attributes:
        inner: the application.
        busy: answers in its place where there is no room.
    """

    inner: "WSGIApplication"
    busy: "WSGIApplication"
    every: Gate = field(default_factory=lambda: Gate(AT_WORK, WAITING))
    long: Gate = field(
        default_factory=lambda: Gate(LONG_AT_WORK, LONG_WAITING, LONG_SHARE)
    )
    sent: Gate = field(default_factory=lambda: Gate(SENT, 0))
    callers: Callers = field(default_factory=Callers)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a request, or say that there is no room."""
        if environ["PATH_INFO"] in ALWAYS:
            return self.inner(environ, start_response)
        gates, patience_s = self._gates(environ)
        whose = self.callers.caller(environ) if self.long in gates else None
        entered: list[Gate] = []

        def leave() -> None:
            if entered and whose is not None:
                self.callers.note(environ)
            while entered:
                entered.pop().leave(whose)

        def sending() -> None:
            if environ.get(FILED) and self.sent.enter(0, whose):
                leave()
                entered.append(self.sent)

        if not _entered(gates, patience_s, whose, entered):
            leave()
            return self.busy(environ, start_response)
        return _answered(
            self.inner, environ, start_response, leave=leave, sending=sending
        )

    def _gates(self, environ: "WSGIEnvironment") -> tuple[tuple[Gate, ...], float]:
        if environ["REQUEST_METHOD"] not in READS:
            return (self.long, self.every), LONG_PATIENCE_S
        if environ["PATH_INFO"].startswith(LONG_PATHS):
            return (self.long, self.every), PATIENCE_S
        return (self.every,), PATIENCE_S


def _entered(
    gates: tuple[Gate, ...], patience_s: float, whose: Hashable, entered: list[Gate]
) -> bool:
    for gate in gates:
        if not gate.enter(patience_s, whose):
            return False
        entered.append(gate)
    return True


@dataclass(slots=True)
class Passed:
    """The parts of an answer that goes out while it is made."""

    parts: Iterable[bytes]
    leave: Callable[[], None]

    def __iter__(self) -> Iterator[bytes]:
        """Yield the parts; behind the last one there is room already."""
        yield from self.parts
        self.leave()

    def close(self) -> None:
        """End the answer, read to its end or not, and make room."""
        try:
            _close(self.parts)
        finally:
            self.leave()


def _answered(
    inner: "WSGIApplication",
    environ: "WSGIEnvironment",
    start_response: "StartResponse",
    *,
    leave: Callable[[], None],
    sending: Callable[[], None],
) -> Iterable[bytes]:
    told: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:  # noqa: ANN401 - WSGI's own
        told[:] = (status, headers)
        return start_response(status, headers, *more)

    try:
        parts = inner(environ, start)
        if not told or not _is_whole(*told):
            sending()
            return Passed(parts, leave)
        try:
            body = b"".join(parts)
        finally:
            _close(parts)
    except BaseException:
        leave()
        raise
    leave()
    return [body]


def _is_whole(status: str, headers: list[tuple[str, str]]) -> bool:
    if status.startswith(("204", "304")):
        return True
    lengths = [value for name, value in headers if name.lower() == "content-length"]
    return bool(lengths) and int(lengths[0]) <= WHOLE_BYTES


def _close(parts: Iterable[bytes]) -> None:
    close = getattr(parts, "close", None)
    if close:
        close()

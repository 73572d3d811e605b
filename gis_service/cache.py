"""Answers kept in memory: weighed in bytes, the longest unused go first.

A key names everything that an answer depends on: the layer and its versions, the
reader's scope, the question. So nothing here ever has to be thrown away for being
old, and no reader can be given another's answer. Of several requests for one key at
once, one computes and the others wait for it.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock

# Per worker. A nationwide pyramid of district tiles to zoom 8 is about 20 MB.
CAPACITY_BYTES = 64 * 1024 * 1024
# Where the one that computes is stuck, those who wait compute for themselves.
PATIENCE_S = 30


@dataclass(slots=True)
class Cache:
    """Bytes by key, at most ``capacity`` of them."""

    capacity: int = CAPACITY_BYTES
    _kept: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    _flights: dict[str, Event] = field(default_factory=dict)
    _weight: int = 0
    _lock: Lock = field(default_factory=Lock)

    def of(self, key: str, make: Callable[[], bytes]) -> bytes:
        """Return the answer of a key, making it where it is not kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            flight = self._flights.get(key)
            if flight is None:
                self._flights[key] = Event()
        if flight is None:
            return self._made(key, make)
        flight.wait(PATIENCE_S)
        with self._lock:
            kept = self._kept.get(key)
        return make() if kept is None else kept

    def _made(self, key: str, make: Callable[[], bytes]) -> bytes:
        try:
            value = make()
            self._keep(key, value)
        finally:
            with self._lock:
                self._flights.pop(key).set()
        return value

    def _keep(self, key: str, value: bytes) -> None:
        with self._lock:
            self._kept[key] = value
            self._weight += len(key) + len(value)
            while self._weight > self.capacity:
                oldest, gone = self._kept.popitem(last=False)
                self._weight -= len(oldest) + len(gone)

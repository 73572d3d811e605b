"""Answers kept in memory: weighed in bytes, the longest unused go first.

A key names everything that an answer depends on: the layer and its versions, the
reader's scope, the question. So nothing here ever has to be thrown away for being
old, and no reader can be given another's answer. Of several requests for one key at
once, one computes and the others wait for it.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Generic, TypeVar

Value = TypeVar("Value", bound=Sized)

# Per worker. A nationwide pyramid of district tiles to zoom 8 is about 20 MB.
CAPACITY_BYTES = 32 * 1024 * 1024
# Where the one that computes is stuck, those who wait compute for themselves.
PATIENCE_S = 30
# What a key and its entry weigh beside the value: so that no number of empty answers
# under long addresses can fill the memory.
ENTRY_BYTES = 400


@dataclass(slots=True)
class Cache(Generic[Value]):
    """Values by key, at most ``capacity`` bytes of them as ``len`` tells them."""

    capacity: int = CAPACITY_BYTES
    _kept: OrderedDict[Hashable, Value] = field(default_factory=OrderedDict)
    _flights: dict[Hashable, Event] = field(default_factory=dict)
    _weight: int = 0
    _lock: Lock = field(default_factory=Lock)

    def of(self, key: Hashable, make: Callable[[], Value]) -> Value:
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
        kept = self.kept(key)
        return make() if kept is None else kept

    def kept(self, key: Hashable) -> Value | None:
        """Return the answer of a key where it is kept."""
        with self._lock:
            value = self._kept.get(key)
            if value is not None:
                self._kept.move_to_end(key)
            return value

    def keep(self, key: Hashable, value: Value) -> None:
        """Keep an answer, and let go of the longest unused where it gets heavy."""
        with self._lock:
            before = self._kept.pop(key, None)
            if before is not None:
                self._weight -= _weight(key, before)
            self._kept[key] = value
            self._weight += _weight(key, value)
            while self._weight > self.capacity:
                oldest, gone = self._kept.popitem(last=False)
                self._weight -= _weight(oldest, gone)

    def _made(self, key: Hashable, make: Callable[[], Value]) -> Value:
        try:
            value = make()
            self.keep(key, value)
        finally:
            with self._lock:
                self._flights.pop(key).set()
        return value


def _weight(key: Hashable, value: Sized) -> int:
    parts = key if isinstance(key, tuple) else (key,)
    return ENTRY_BYTES + len(value) + sum(len(str(part)) for part in parts)

"""Keep what was made last, up to a number of keys; each is made once at a time."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Recent(Generic[Value]):
    """A bounded cache, shared by threads; making one value delays no other."""

    __slots__ = ("_kept", "_limit", "_lock", "_making")

    def __init__(self, limit: int) -> None:
        """Keep at most ``limit`` values; the one unused for longest goes first."""
        self._limit = limit
        self._lock = Lock()
        self._making: dict[Hashable, Lock] = {}
        self._kept: OrderedDict[Hashable, Value] = OrderedDict()

    def of(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of a key, making it if it is not kept."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            making = self._making.setdefault(key, Lock())
        with making:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            return self._keep(key, make)

    def _keep(self, key: Hashable, make: Callable[[], Value]) -> Value:
        try:
            value = make()
            with self._lock:
                self._kept[key] = value
                while len(self._kept) > self._limit:
                    self._kept.popitem(last=False)
        finally:
            with self._lock:
                self._making.pop(key, None)
        return value

"""A few made values kept in memory, the oldest dropped first."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")

# A worker serves one database, of which two versions live side by side for a moment;
# the rest is for tests, which have a database per module.
LIMIT = 4


class Kept(Generic[Value]):
    """Values by key; each is made once, even when many threads ask together."""

    def __init__(self) -> None:
        """Start with nothing kept."""
        self._values: dict[Hashable, Value] = {}
        self._lock = Lock()

    def of(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the value of ``key``, making it if it is not kept."""
        with self._lock:
            if key not in self._values:
                self._values[key] = make()
                while len(self._values) > LIMIT:
                    self._values.pop(next(iter(self._values)))
            return self._values[key]

    def forget(self) -> None:
        """Drop every value."""
        with self._lock:
            self._values.clear()

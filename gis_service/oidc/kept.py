"""Something that a provider told, kept for a while; so is that it told nothing.

It is fetched by one request at a time. The others wait for a moment only: a provider
that is slow must not hold every place of a worker.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from layers.errors import AddressRefused, BadAnswer, SourceAway

Told = TypeVar("Told")

# So long a failure counts for everybody who asks.
FAILED_S = 10.0
# A provider that is well answers in a tenth of it.
PATIENCE_S = 1.0


@dataclass(slots=True)
class Kept(Generic[Told]):
    """What was told last.

    Attributes:
        clock: seconds.
    """

    clock: Callable[[], float] = time.monotonic
    _told: tuple[Told, float] | None = None
    _failed: tuple[str, float] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def told(self, fetched: Callable[[], Told], *, within_s: float) -> Told:
        """Return what was told in the last seconds, else what is told now.

        Raises:
            SourceAway: another request still waits for it, or it failed a moment ago.
            BadAnswer, AddressRefused, SourceAway: as ``fetched``.
        """
        if (known := self._known(within_s)) is not None:
            return known[0]
        if not self._lock.acquire(timeout=PATIENCE_S):
            raise SourceAway("the provider has not answered another request yet")
        try:
            known = self._known(within_s) or self._fetched(fetched)
            return known[0]
        finally:
            self._lock.release()

    def _known(self, within_s: float) -> tuple[Told, float] | None:
        # Both are written whole, so they may be read without the lock.
        told, failed, now = self._told, self._failed, self.clock()
        if told is not None and now - told[1] <= within_s:
            return told
        if failed is not None and now - failed[1] <= FAILED_S:
            raise SourceAway(f"{failed[0]}; it is asked again in {FAILED_S:.0f} s")
        return None

    def _fetched(self, fetched: Callable[[], Told]) -> tuple[Told, float]:
        try:
            found = fetched()
        except (SourceAway, BadAnswer, AddressRefused) as error:
            self._failed = str(error), self.clock()
            raise
        self._told, self._failed = (found, self.clock()), None
        return self._told

"""A state's system that sends upload after upload, each until it has ended."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.chaos.ledger import Ledger
from tests.chaos.wire import Wire

Deliver = Callable[[Ledger, Wire], list[str]]


@dataclass(slots=True)
class Sender:
    """Sends from a thread of its own; ``hold`` lets it finish what it has begun.

    Attributes:
        ledger: its books.
        deliver: makes the next upload and sends it to its end; what was wrong.
        wrong: what it was told that it must not be told.
    """

    ledger: Ledger
    wire: Wire
    deliver: Deliver
    wrong: list[str] = field(default_factory=list)
    _go: threading.Event = field(default_factory=threading.Event)
    _idle: threading.Event = field(default_factory=threading.Event)
    _over: bool = False
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._go.set()
        self._thread = threading.Thread(target=self._run, name=self.ledger.name)
        self._thread.start()

    def hold(self) -> None:
        """Make it stop after the upload that it is sending."""
        self._go.clear()

    def held(self, seconds: float) -> bool:
        """Wait until it has, but no longer; whether it has, or its thread ended."""
        assert self._thread is not None
        return self._idle.wait(seconds) or not self._thread.is_alive()

    def go_on(self) -> None:
        self._idle.clear()
        self._go.set()

    def end(self) -> None:
        """End its thread, which is held or about to be."""
        self._over = True
        self._go.set()
        if self._thread:
            self._thread.join()

    def _run(self) -> None:
        while not self._over:
            if not self._go.is_set():
                self._idle.set()
                self._go.wait()
                continue
            try:
                self.wrong += self.deliver(self.ledger, self.wire)
            except Exception as error:  # noqa: BLE001 - told by the storm
                self.wrong.append(f"{self.ledger.name}: {error!r}")
                self._idle.set()
                return

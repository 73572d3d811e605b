"""A state's system that sends batch after batch, each until it is acknowledged."""

import http.client
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from gis_service.web_server import Address
from tests.chaos.ledger import Batch, Ledger

# A server that is away for longer than this has not come back.
PATIENCE_S = 300.0
PAUSE_S = 0.1
AGAIN = (409, 429, 503)


@dataclass(slots=True)
class Sender:
    """Sends from a thread of its own; ``hold`` lets it finish what it has begun.

    Attributes:
        ledger: its books.
        wrong: what it was told that it must not be told.
        statuses: of all answers; 0 stands for none at all.
    """

    ledger: Ledger
    at: Address
    bearer: str
    wrong: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    _go: threading.Event = field(default_factory=threading.Event)
    _idle: threading.Event = field(default_factory=threading.Event)
    _over: bool = False
    _thread: threading.Thread | None = None

    def start(self) -> None:
        self._go.set()
        self._thread = threading.Thread(target=self._run, name=self.ledger.name)
        self._thread.start()

    def hold(self) -> None:
        """Make it stop after the batch that it is sending."""
        self._go.clear()

    def held(self, seconds: float) -> bool:
        """Wait until it has, but no longer; whether it has."""
        return self._idle.wait(seconds)

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
                self._deliver(self.ledger.batch())
            except Exception as error:  # noqa: BLE001 - told by the storm
                self.wrong.append(f"{self.ledger.name}: {error!r}")
                self._idle.set()
                return

    def _deliver(self, batch: Batch) -> None:
        body, until = batch.body, time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            status, answer = self._sent(batch.key, body)
            self.statuses[status] += 1
            if status == 201:
                self.wrong += self.ledger.acknowledge(batch, answer)
                return
            if status and status not in AGAIN:
                self.wrong.append(f"{batch.key}: {status} {answer}")
                # Told, and sent again all the same: it must not be lost.
            time.sleep(PAUSE_S)
        self.wrong.append(f"{batch.key}: not acknowledged for {PATIENCE_S:.0f} s")

    def _sent(self, key: str, body: bytes) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.bearer}", "Idempotency-Key": key}
        wire = http.client.HTTPConnection(self.at.host, self.at.port, timeout=20)
        try:
            wire.request("POST", "/api/v1/batches", body=body, headers=headers)
            answer = wire.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError):
            return 0, {}
        finally:
            wire.close()

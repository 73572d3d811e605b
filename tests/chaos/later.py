"""An upload that is answered later: whole or in parts, followed to its end.

Whoever hears nothing begins again under the same key, asks which parts are there, and
sends those that are missing, as docs/uploads.md says.
"""

import gzip
import hashlib
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any

from movements.jobs import DONE, POISON, RECEIVING, REFUSED
from tests.chaos.ended import ended
from tests.chaos.ledger import Batch, Ledger
from tests.chaos.wire import PATIENCE_S, PAUSE_S, Answer, Wire
from tests.queueing import content_digest

UPLOADS = "/api/v1/uploads"
LOOK_S = 0.2
PARTS = 3


def later(ledger: Ledger, wire: Wire) -> list[str]:
    """Send the next batch; what was told that must not be told."""
    mode = ledger.rng.choice(("partial", "partial", "atomic"))
    sent = _Sent(ledger.batch(), mode, wire, ledger.rng)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        told = sent.step()
        state = told.get("state")
        if state in (DONE, REFUSED):
            return sent.wrong + ended(ledger, wire, sent.batch, mode, told)
        if state == POISON:
            # Told, and sent again all the same: it must not be lost.
            sent.wrong.append(f"{sent.batch.key}: poison, {told['reason']}")
            sent.upload = None
        elif state != RECEIVING:
            time.sleep(LOOK_S if state else PAUSE_S)
    return [*sent.wrong, f"{sent.batch.key}: not ended for {PATIENCE_S:.0f} s"]


@dataclass(slots=True)
class _Sent:
    """An upload on its way.

    Attributes:
        upload: its id, once it is known.
        told: its status as far as it is known; empty where it has to be asked for.
        kept: the parts that were acknowledged.
    """

    batch: Batch
    mode: str
    wire: Wire
    rng: random.Random
    wrong: list[str] = field(default_factory=list)
    upload: str | None = None
    told: dict[str, Any] = field(default_factory=dict)
    kept: set[int] = field(default_factory=set)
    body: bytes = b""
    parts: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.body = self.batch.body
        if self.rng.random() < 0.5:
            self.body = gzip.compress(self.body, 1, mtime=0)
        if self.rng.random() < 0.5:
            size = -(-len(self.body) // PARTS)
            pieces = (
                self.body[at : at + size] for at in range(0, len(self.body), size)
            )
            self.parts = dict(enumerate(pieces, 1))

    def step(self) -> dict[str, Any]:
        """Do what is next; the upload's status, empty where it has to be asked for."""
        if self.upload is None:
            self.kept.clear()
            self.told = self._heard(self._begun())
        elif self.told.get("state") == RECEIVING:
            self.told = self._heard(self._went_on())
        else:
            self.told = self._heard(self.wire.asked("GET", self._at))
        self.upload = self.told.get("upload", self.upload)
        if self.told.get("state") == RECEIVING:
            lost = self.kept - self._there()
            self.wrong += [f"{self.batch.key}: parts {lost} are lost"] if lost else []
        return self.told

    @property
    def _at(self) -> str:
        return f"{UPLOADS}/{self.upload}"

    def _there(self) -> set[int]:
        return {each["part"] for each in self.told["parts"]}

    def _begun(self) -> Answer:
        own = {"Idempotency_Key": self.batch.key}
        if not self.parts:
            path = f"/api/v1/batches?mode={self.mode}"
            return self.wire.asked(
                "POST", path, self.body, Prefer="respond-async", **own
            )
        declared = {
            "bytes": len(self.body),
            "sha256": hashlib.sha256(self.body).hexdigest(),
            "mode": self.mode,
        }
        body = json.dumps(declared).encode()
        kind = "application/json"
        return self.wire.asked("POST", UPLOADS, body, Content_Type=kind, **own)

    def _went_on(self) -> Answer:
        missing = sorted(self.parts.keys() - self._there())
        if not missing:
            return self.wire.asked("POST", f"{self._at}/complete")
        number = self.rng.choice(missing)
        part = self.parts[number]
        status, answer = self.wire.asked(
            "PUT",
            f"{self._at}/parts/{number}",
            part,
            Content_Digest=content_digest(part),
        )
        if status == 204:
            self.kept.add(number)
        return status, answer

    def _heard(self, answer: Answer) -> dict[str, Any]:
        status, body = answer
        if status in (200, 201, 202):
            return body
        waits = status in (0, 204, 429, 503) or body.get("code") == "upload_in_flight"
        if not waits:
            self.wrong.append(f"{self.batch.key}: {status} {body}")
        return {}

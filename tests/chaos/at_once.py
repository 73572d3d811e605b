"""A batch that is answered at once, sent until it is acknowledged."""

import time

from tests.chaos.ledger import Ledger
from tests.chaos.wire import PATIENCE_S, PAUSE_S, Wire

AGAIN = (0, 409, 429, 503)


def at_once(ledger: Ledger, wire: Wire) -> list[str]:
    """Send the next batch; what was told that must not be told."""
    batch, wrong = ledger.batch(), []
    body, until = batch.body, time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        status, answer = wire.asked(
            "POST", "/api/v1/batches", body, Idempotency_Key=batch.key
        )
        if status == 201:
            return wrong + ledger.acknowledge(batch, {batch.key: answer})
        if status not in AGAIN:
            wrong.append(f"{batch.key}: {status} {answer}")
            # Told, and sent again all the same: it must not be lost.
        time.sleep(PAUSE_S)
    return [*wrong, f"{batch.key}: not acknowledged for {PATIENCE_S:.0f} s"]

"""What all senders were told, added up."""

from movements.jobs import DONE
from tests.chaos.seen import Seen
from tests.chaos.sender import Sender


def tallied(found: Seen, senders: list[Sender]) -> None:
    """Add to ``found`` what the senders count, and what was wrong with it."""
    for sender in senders:
        ledger = sender.ledger
        rows = sum(each["rows"] for each in ledger.receipts.values())
        done = [n for state, n in ledger.uploads.values() if state == DONE]
        if ledger.uploads:
            found.slices += len(ledger.receipts)
            found.upload_rows += rows
        else:
            found.batches += len(ledger.receipts)
            found.rows += rows
        found.uploads += len(done)
        found.refused += len(ledger.uploads) - len(done)
        found.wrong += sender.wrong
        found.statuses += sender.wire.statuses
        found.people += len(ledger.rows) + sum(map(len, ledger.loose.values()))

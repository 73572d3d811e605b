"""What is told of an upload that was answered later, held against what was sent."""

from typing import Any

from movements.jobs import DONE, REFUSED
from tests.chaos.ledger import Batch, Ledger, Receipt
from tests.chaos.wire import Wire

# What its status says of each slice, and the slice's receipt has to say as well.
_SAME = ("batch", "rows", "accepted", "refused")


def slice_key(upload: str, number: int) -> str:
    """The key under which a slice of an upload is stored."""
    return f"§{upload}/{number}"


def ended(
    ledger: Ledger, wire: Wire, batch: Batch, mode: str, told: dict[str, Any]
) -> list[str]:
    """Note how an upload ended, with its receipts; what is wrong with it."""
    refused = mode == "atomic" and bool(batch.bad)
    rows = len(batch.rows)
    expected = {
        "state": REFUSED if refused else DONE,
        "reason": "batch_refused" if refused else None,
        "rows_done": rows,
        "rows": rows,
        "accepted": rows - len(batch.bad),
        "refused": len(batch.bad),
        "faults": batch.bad,
    }
    found = _found(wire, told)
    wrong = [
        f"{batch.key}: {name} is {found[name]}, not {value}"
        for name, value in expected.items()
        if found[name] != value
    ]
    ledger.uploads[batch.key] = (told["state"], rows)
    receipts = _receipts(wire, told)
    wrong += _otherwise(batch, told, list(receipts.values()))
    if refused:
        return wrong + [f"{batch.key}: stored, and refused"] * bool(receipts)
    return wrong + ledger.acknowledge(batch, receipts)


def _found(wire: Wire, told: dict[str, Any]) -> dict[str, Any]:
    listed = wire.fetched(f"/api/v1/uploads/{told['upload']}/faults")
    return {
        "state": told["state"],
        "reason": told["reason"]["code"] if told["reason"] else None,
        "rows_done": told["progress"]["rows_done"],
        "rows": told["progress"]["rows"],
        "accepted": told["accepted"],
        "refused": told["refused"],
        "faults": [each["row"] for each in listed["faults"]],
    }


def _receipts(wire: Wire, told: dict[str, Any]) -> dict[str, Receipt]:
    return {
        slice_key(told["upload"], number): wire.fetched(
            f"/api/v1/batches/{each['batch']}"
        )
        for number, each in enumerate(told["batches"])
    }


def _otherwise(
    batch: Batch, told: dict[str, Any], receipts: list[Receipt]
) -> list[str]:
    """Slices that their receipts tell otherwise, or that leave a gap between them."""
    wrong, first = [], 1
    for each, receipt in zip(told["batches"], receipts, strict=True):
        same = all(each[name] == receipt[name] for name in _SAME)
        if not same or each["first_row"] != first:
            wrong.append(f"{batch.key}: a slice from row {first} is told as {each}")
        first += each["rows"]
    return wrong

"""What a state's system sent and was told: the truth the database is held against."""

import random
from dataclasses import dataclass, field
from typing import Any

from tests import made_up

MAHARASHTRA, BIHAR = 27, 10
# Where journeys of a state's batches end.
ENDS = {MAHARASHTRA: made_up.ENDS, BIHAR: ("Patna", "Gaya")}

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it is sent until it is acknowledged.

    Attributes:
        key: its Idempotency-Key.
        rows: as sent.
        fates: what must become of the rows, as its receipt counts them.
    """

    key: str
    rows: list[Row]
    fates: dict[str, int]

    @property
    def body(self) -> bytes:
        return made_up.csv_body(self.rows)


@dataclass(slots=True)
class Ledger:
    """One sender's books.

    Attributes:
        name: of the sender; its references and keys begin with it.
        tenant: whose system it is (LGD code).
        rows: the last row sent and acknowledged, by reference.
        loose: acknowledged rows without a reference, by batch.
        receipts: what was answered, by key.
    """

    name: str
    tenant: int
    rng: random.Random
    size: tuple[int, int]
    rows: dict[str, Row] = field(default_factory=dict)
    loose: dict[str, list[Row]] = field(default_factory=dict)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    made: int = 0

    def batch(self) -> Batch:
        """Make the next batch: new rows, changed ones, the same again, one fault."""
        count = self.rng.randint(*self.size)
        known = self.rng.sample(sorted(self.rows), min(len(self.rows), count // 2))
        same = known[: len(known) // 5]
        changed = [self._row(ref) for ref in known[len(same) :]]
        fresh = [self._row(self._ref()) for _ in range(count - len(known))]
        # A few come without a reference of their own: sent twice, they would be two.
        for row in fresh[: len(fresh) // 10]:
            row["source_ref"] = ""
        bad = [self._row(self._ref()) | {"age": "999"}] if count % 3 == 0 else []
        rows = [*fresh, *changed, *(self.rows[ref] for ref in same), *bad]
        self.rng.shuffle(rows)
        fates = {"new": len(fresh), "updated": len(changed), "unchanged": len(same)}
        return Batch(f"{self.name}-{self._next()}", rows, fates | {"refused": len(bad)})

    def acknowledge(self, batch: Batch, receipt: dict[str, Any]) -> list[str]:
        """Note an answer of 201; what is wrong with it."""
        self.receipts[batch.key] = receipt
        good = [row for row in batch.rows if row["age"] != "999"]
        self.rows |= {row["source_ref"]: row for row in good if row["source_ref"]}
        self.loose[receipt["batch"]] = [row for row in good if not row["source_ref"]]
        told = {name: receipt[name] for name in batch.fates}
        if told == batch.fates:
            return []
        return [f"{batch.key}: {told}, not {batch.fates}"]

    def _row(self, ref: str) -> Row:
        row = made_up.rows(1, seed=self.rng.randrange(2**32))[0]
        end = self.rng.choice(ENDS[self.tenant])
        name = f"{row['name']} {self._next()}"
        return row | {"source_ref": ref, "destination_district": end, "name": name}

    def _ref(self) -> str:
        return f"{self.name}-r{self._next()}"

    def _next(self) -> int:
        self.made += 1
        return self.made


def ledgers(count: int, *, seed: int, size: tuple[int, int]) -> list[Ledger]:
    """Books for senders of two states in turn."""
    return [
        Ledger(f"s{at}", (MAHARASHTRA, BIHAR)[at % 2], random.Random(seed + at), size)  # noqa: S311 - made up
        for at in range(count)
    ]

"""What a state's system sent and was told: the truth the database is held against."""

import random
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from tests import made_up

TENANTS = MAHARASHTRA, BIHAR = 27, 10
# Where journeys of a state's batches end.
ENDS = {MAHARASHTRA: made_up.ENDS, BIHAR: ("Patna", "Gaya")}

# An age that is a fault.
BAD_AGE = "999"

Row = dict[str, str]
Receipt = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it is sent until it is acknowledged.

    Attributes:
        key: its Idempotency-Key.
        rows: as sent.
        fates: what must become of the rows, as its receipts count them.
    """

    key: str
    rows: list[Row]
    fates: dict[str, int]

    @property
    def body(self) -> bytes:
        return made_up.csv_body(self.rows)

    @property
    def bad(self) -> list[int]:
        """The numbers of the rows that have a fault, from 1."""
        return [at for at, row in enumerate(self.rows, 1) if not _is_good(row)]


@dataclass(slots=True)
class Ledger:
    """One sender's books.

    Attributes:
        name: of the sender; its references and keys begin with it.
        tenant: whose system it is (LGD code).
        rows: the last row sent and acknowledged, by reference.
        loose: acknowledged rows without a reference, by batch.
        receipts: what was answered, by key; of each slice where it was answered later.
        uploads: how uploads that were answered later ended, and their rows, by key.
    """

    name: str
    tenant: int
    rng: random.Random
    size: tuple[int, int]
    rows: dict[str, Row] = field(default_factory=dict)
    loose: dict[str, list[Row]] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    uploads: dict[str, tuple[str, int]] = field(default_factory=dict)
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
        bad = [self._row(self._ref()) | {"age": BAD_AGE}] if count % 3 == 0 else []
        rows = [*fresh, *changed, *(self.rows[ref] for ref in same), *bad]
        self.rng.shuffle(rows)
        fates = {"new": len(fresh), "updated": len(changed), "unchanged": len(same)}
        return Batch(f"{self.name}-{self._next()}", rows, fates | {"refused": len(bad)})

    def acknowledge(self, batch: Batch, told: dict[str, Receipt]) -> list[str]:
        """Note a batch's receipts, by key, in the order of its rows; what is wrong."""
        self.receipts |= told
        left = iter(batch.rows)
        for receipt in told.values():
            good = [row for row in islice(left, receipt["rows"]) if _is_good(row)]
            self.rows |= {row["source_ref"]: row for row in good if row["source_ref"]}
            self.loose[receipt["batch"]] = [r for r in good if not r["source_ref"]]
        sums = {name: sum(each[name] for each in told.values()) for name in batch.fates}
        untold = len(list(left))
        if sums == batch.fates and not untold:
            return []
        return [f"{batch.key}: {sums}, not {batch.fates}; {untold} rows untold"]

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


def ledgers(
    count: int, *, seed: int, size: tuple[int, int], named: str = "s"
) -> list[Ledger]:
    """Books for senders of two states in turn."""
    names = [f"{named}{at}" for at in range(count)]
    seeds = [random.Random(f"{seed} {name}") for name in names]  # noqa: S311 - made up
    return [
        Ledger(name, TENANTS[at % 2], rng, size)
        for at, (name, rng) in enumerate(zip(names, seeds, strict=True))
    ]


def _is_good(row: Row) -> bool:
    return row["age"] != BAD_AGE

"""What an upload is answered with, and how it is read again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Uuid, column, func, select, true

from boundaries.wall import enter
from movements.errors import UnknownBatch
from movements.tables import BATCH, BATCH_PEOPLE
from movements.unique_id import id_text

# People of a batch per answer: a batch is at most 20,000 rows.
MOST_PEOPLE = 20_000


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to an upload; ``rows = accepted + refused`` always.

    Attributes:
        batch: the batch's id; ``None`` where nothing was stored.
        rows: data rows read.
        accepted: rows stored; ``new + updated + unchanged``.
        refused: rows with a fault (of an atomic batch with faults: all rows).
        new: people not sent before, or withdrawn since.
        updated: rows sent before that have changed.
        unchanged: rows sent before that have not.
        withdrawn: people whom a snapshot did not name, and whose journeys it took back.
        confirm: of a snapshot's dry run: what to send to have it done.
        ignored: what was not stored and why.
        faults: what is wrong with which row.
        replayed: whether this is the answer to the same upload sent earlier.
    """

    batch: UUID | None
    rows: int
    accepted: int
    refused: int
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    ignored: Sequence[dict[str, object]] = ()
    faults: Sequence[dict[str, object]] = ()
    replayed: bool = False
    confirm: str | None = None

    def body(self) -> dict[str, Any]:
        """Return the receipt as its readers see it, without links."""
        return {
            "batch": str(self.batch) if self.batch else None,
            "rows": self.rows,
            "accepted": self.accepted,
            "refused": self.refused,
            "new": self.new,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "withdrawn": self.withdrawn,
            "ignored": list(self.ignored),
            "faults": list(self.faults),
            **({"confirm": self.confirm} if self.confirm else {}),
        }


def of_body(body: dict[str, Any], *, replayed: bool = False) -> Receipt:
    """Return the receipt of a stored body."""
    receipt = Receipt(**{**body, "batch": UUID(body["batch"])})
    return replace(receipt, replayed=replayed)


def receipt(db: Connection, batch_id: UUID, *, tenant: int) -> Receipt:
    """Return a state's own receipt.

    Raises:
        UnknownBatch: no such batch, or another state's.
    """
    enter(db, tenant=tenant)
    stored = select(BATCH.c.receipt).where(
        BATCH.c.tenant == tenant, BATCH.c.batch_id == batch_id
    )
    body = db.execute(stored).scalar_one_or_none()
    if body is None:
        raise UnknownBatch(f"no batch {batch_id}")
    return of_body(body)


def was_sent(db: Connection, key: str, *, tenant: int) -> bool:
    """Return whether a batch of a state was accepted under an idempotency key."""
    enter(db, tenant=tenant)
    stored = select(BATCH.c.batch_id).where(
        BATCH.c.tenant == tenant, BATCH.c.idempotency_key == key
    )
    return db.execute(stored).first() is not None


@dataclass(frozen=True, slots=True)
class Listed:
    """An accepted row and the unique ID of its person."""

    row: int
    source_ref: str | None
    id: str


def people(
    db: Connection, batch_id: UUID, *, tenant: int, after: int = 0, limit: int = 1000
) -> Iterator[Listed]:
    """Yield the accepted rows of a batch after a row number, in order of rows."""
    enter(db, tenant=tenant)
    kept = BATCH_PEOPLE.c
    rows = (
        func.unnest(kept.row_numbers, kept.source_refs, kept.person_ids)
        .table_valued("row_number", "source_ref", column("person_id", Uuid))
        .render_derived()
    )
    listed = (
        select(rows.c.row_number, rows.c.source_ref, rows.c.person_id)
        .select_from(BATCH_PEOPLE.join(rows, true()))
        .where(
            kept.tenant == tenant, kept.batch_id == batch_id, rows.c.row_number > after
        )
        .order_by(rows.c.row_number)
        .limit(min(limit, MOST_PEOPLE))
    )
    for row in db.execute(listed):
        yield Listed(row.row_number, row.source_ref, id_text(row.person_id))

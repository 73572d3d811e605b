"""The outbox: messages written in the transaction of what they tell, or not at all.

They hold counts, ids of batches and uploads, names of events, and paths below the
service's address to fetch more by, with a token of one's own. Nothing of a person.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, SmallInteger, Text, Uuid, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB

from movements.jobs import Job
from movements.receipt import Receipt

BATCH, JOB, EVENT = "batch.accepted", "job.done", "event.recorded"
EVENTS = {
    BATCH: "a batch was accepted",
    JOB: "an upload that waited was worked off, refused or given up",
    EVENT: "an event of your people's journeys was recorded",
}


def told(db: Connection, receipt: Receipt, *, tenant: int) -> None:
    """Tell a state of its batch; a dry run and a repetition are not told.

    Args:
        db: the connection, within the transaction that stores the batch.
        receipt: of it.
        tenant: whose it is.
    """
    if receipt.batch is None or receipt.replayed:
        return
    at = f"/api/v1/batches/{receipt.batch}"
    counts = ("rows", "accepted", "refused", "new", "updated", "unchanged", "withdrawn")
    data = {
        "batch": str(receipt.batch),
        **{name: getattr(receipt, name) for name in counts},
        "links": {"receipt": at, "faults": f"{at}/faults", "people": f"{at}/people"},
    }
    _tell(db, tenant, BATCH, data)


def ended(db: Connection, job: Job, *, state: str) -> None:
    """Tell a state that its upload was worked off, refused or given up.

    Args:
        db: the connection, within the transaction that ends it.
        job: the upload.
        state: in which it ended.
    """
    data = {
        "upload": str(job.job_id),
        "state": state,
        "rows": job.rows_total,
        "rows_done": job.rows_done,
        "links": {"upload": f"/api/v1/uploads/{job.job_id}"},
    }
    _tell(db, job.tenant, JOB, data)


def recorded(db: Connection, event: str, people: Mapping[int, int]) -> None:
    """Tell states that something happened to people whom they sent.

    Args:
        db: the connection, within the transaction that records it.
        event: as ``permission_granted``.
        people: of how many journeys, by the state that sent them.
    """
    # In one order, so that two who record at once cannot deadlock.
    for tenant, n in sorted(people.items()):
        links = {"movements": "/api/v1/movements"}
        _tell(db, tenant, EVENT, {"event": event, "people": n, "links": links})


def _tell(db: Connection, tenant: int, event: str, data: dict[str, Any]) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    body = {"type": event, "timestamp": now, "data": data}
    made = func.nmis.tell_webhooks(
        cast(tenant, SmallInteger),
        cast(uuid4(), Uuid),
        cast(event, Text),
        cast(body, JSONB),
    )
    db.execute(select(made))

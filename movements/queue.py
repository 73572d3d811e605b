"""The queue of uploads: taken for a while, worked off slice by slice, ended.

Whoever works on an upload holds a lease on it. A worker that is killed does not renew
it, and the next one goes on behind the last slice that was committed. Which state is
next, and that no two take the same, is decided by ``nmis.claim_upload``.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import (
    Connection,
    Double,
    Uuid,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)

from boundaries.wall import enter
from movements.errors import MovementError
from movements.jobs import DONE, POISON, QUEUED, REFUSED, WORKING, Job, job
from movements.queue_tables import UPLOAD_JOB, UPLOAD_SLICE
from movements.receipt import Receipt
from movements.sealed_body import dropped
from movements.whole_file import Survey

# Longer than any step between two renewals; a worker that was killed is missed so long.
LEASE_S = 30.0
# Since the last slice that went well: one that never does must not be tried for ever.
MOST_ATTEMPTS = 5
# After the first failure, twice as long after each further one.
PAUSE_S = 2.0


class LeaseLost(MovementError):
    """Somebody else works on the upload now."""


def claimed(db: Connection, *, lease_s: float = LEASE_S) -> Job | None:
    """Take the upload that is next; None where nothing is to be done.

    Args:
        db: a connection in a transaction; commit before working on it.
        lease_s: seconds until another one may take it, unless renewed.
    """
    taken = func.nmis.claim_upload(cast(uuid4(), Uuid), cast(lease_s, Double))
    found = taken.table_valued("tenant", "job_id")
    tenant, job_id = db.execute(select(found.c.tenant, found.c.job_id)).one()
    return job(db, job_id, tenant=tenant) if job_id else None


def renewed(db: Connection, of: Job, *, lease_s: float = LEASE_S) -> None:
    """Keep an upload for longer.

    Raises:
        LeaseLost: it is another's.
    """
    enter(db, tenant=of.tenant)
    _changed(db, of, lease_until=_in(lease_s))


def held(db: Connection, of: Job) -> Job:
    """Return an upload as it is now; nobody else may touch it until the end.

    Raises:
        LeaseLost: it is another's.
    """
    now = job(db, of.job_id, tenant=of.tenant, hold=True)
    if now.lease != of.lease or now.state != WORKING:
        raise LeaseLost(f"upload {of.job_id} is another's")
    return now


def counted(db: Connection, of: Job, found: Survey) -> Job:
    """Note what an upload has, and return it so."""
    enter(db, tenant=of.tenant)
    manner = {**of.manner, "month_first": found.month_first}
    _changed(db, of, rows_total=found.rows, manner=manner, attempts=0)
    return replace(of, rows_total=found.rows, manner=manner)


def advanced(db: Connection, of: Job, receipt: Receipt, *, lease_s: float) -> None:
    """Note what became of the next slice, in the transaction that stores its rows."""
    enter(db, tenant=of.tenant)
    db.execute(
        insert(UPLOAD_SLICE).values(
            tenant=of.tenant,
            job_id=of.job_id,
            slice=of.slices,
            first_row=of.rows_done + 1,
            rows=receipt.rows,
            accepted=receipt.accepted,
            refused=receipt.refused,
            batch_id=receipt.batch,
            # What was stored has its receipt in its batch.
            receipt=None if receipt.batch else receipt.body(),
        )
    )
    _changed(
        db,
        of,
        slices=of.slices + 1,
        rows_done=of.rows_done + receipt.rows,
        attempts=0,
        lease_until=_in(lease_s),
    )


def found_good(db: Connection, of: Job) -> None:
    """Begin to store an upload that was checked whole, and has no fault."""
    enter(db, tenant=of.tenant)
    db.execute(
        delete(UPLOAD_SLICE).where(
            UPLOAD_SLICE.c.tenant == of.tenant, UPLOAD_SLICE.c.job_id == of.job_id
        )
    )
    _changed(db, of, is_checked=True, slices=0, rows_done=0)


def done(db: Connection, of: Job) -> None:
    """End an upload that was worked off, and delete its body."""
    _ended(db, of, state=DONE)


def refused(db: Connection, of: Job, *, code: str, reason: str) -> None:
    """End an upload that its sender has to change, and delete its body."""
    _ended(db, of, state=REFUSED, reason_code=code, reason=reason)


def failed(db: Connection, of: Job, *, reason: str) -> str:
    """Note a failure that is not the sender's: it is tried again, or ended as poison.

    Returns:
        The state it is in now.
    """
    # Since its last progress, which may have been in this very turn.
    attempts = max(1, held(db, of).attempts)
    if attempts >= MOST_ATTEMPTS:
        words = f"tried {MOST_ATTEMPTS} times: {reason}"
        _ended(db, of, state=POISON, reason_code="poison", reason=words)
        return POISON
    pause = PAUSE_S * 2 ** (attempts - 1)
    changed = {"state": QUEUED, "lease": None, "attempts": attempts}
    _changed(db, of, **changed, not_before=_in(pause))
    return QUEUED


def yielded(db: Connection, of: Job) -> None:
    """Let another state have its turn; the upload goes on with its next slice."""
    enter(db, tenant=of.tenant)
    _changed(db, of, state=QUEUED, lease=None, attempts=0, not_before=func.now())


def swept(db: Connection) -> None:
    """End what was never completed, and destroy keys that no body needs any more."""
    db.execute(select(func.nmis.sweep_uploads()))


def _ended(db: Connection, of: Job, **told: object) -> None:
    enter(db, tenant=of.tenant)
    _changed(db, of, lease=None, ended_at=func.now(), **told)
    dropped(db, of)


def _changed(db: Connection, of: Job, **values: object) -> None:
    mine = (
        UPLOAD_JOB.c.tenant == of.tenant,
        UPLOAD_JOB.c.job_id == of.job_id,
        UPLOAD_JOB.c.lease == of.lease,
    )
    if not db.execute(update(UPLOAD_JOB).where(*mine).values(**values)).rowcount:
        raise LeaseLost(f"upload {of.job_id} is another's")


def _in(seconds: float) -> object:
    return func.clock_timestamp() + timedelta(seconds=seconds)

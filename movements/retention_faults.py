"""What was wrong with refused rows, ended by its age.

A fault shows a value as it was sent, masked as far as its column tells; a name in the
column of districts is plain. A batch that took no row has no people with whom its
faults could go, and a trial has no batch: so all go when a day in view is over.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Table,
    Text,
    cast,
    func,
    literal,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from movements.queue_tables import UPLOAD_JOB, UPLOAD_SLICE
from movements.retention import INDIA, Clocks
from movements.tables import BATCH

_NONE: list[object] = []


def faults_ended(db: Connection, clocks: Clocks, today: date) -> Mapping[str, int]:
    """Remove the faults of batches, and of trials of large uploads, that are too old.

    Numbers of rows stay.

    Args:
        db: a connection on the owner plane, in a transaction.
        clocks: of the installation: as long as people are in view.
        today: the civil date in India.

    Returns:
        How many receipts changed, of each table that has any.
    """
    last = today - timedelta(days=clocks.view_days)
    job = (
        UPLOAD_JOB.c.tenant == UPLOAD_SLICE.c.tenant,
        UPLOAD_JOB.c.job_id == UPLOAD_SLICE.c.job_id,
    )
    counts = {
        BATCH.fullname: _cleared(db, BATCH, _by(BATCH.c.created_at, last)),
        UPLOAD_SLICE.fullname: _cleared(
            db, UPLOAD_SLICE, *job, _by(UPLOAD_JOB.c.created_at, last)
        ),
    }
    return {name: count for name, count in counts.items() if count}


def _by(at: Column[object], last: date) -> ColumnElement[bool]:
    return cast(func.timezone(INDIA, at), Date) <= last


def _cleared(db: Connection, table: Table, *old: ColumnElement[bool]) -> int:
    receipt, none = table.c.receipt, cast(_NONE, JSONB)
    cleared = (
        update(table)
        .where(*old, receipt["faults"] != none)
        .values(receipt=func.jsonb_set(receipt, literal(["faults"], ARRAY(Text)), none))
    )
    return db.execute(cleared.execution_options(preserve_rowcount=True)).rowcount

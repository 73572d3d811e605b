"""Questions for contacts, ended by their age."""

from datetime import date, timedelta

from sqlalchemy import Connection, delete

from movements.retention import Clocks
from movements.trace_tables import TRACE


def traces_ended(db: Connection, clocks: Clocks, today: date) -> int:
    """Remove questions that are older than people are kept; return how many.

    Who asked for which case is in the audit log, for as long as that is kept.

    Args:
        db: a connection on the owner plane, in a transaction.
        clocks: of the installation.
        today: the civil date in India.
    """
    last = today - timedelta(days=clocks.keep_days)
    old = delete(TRACE).where(TRACE.c.day <= last)
    return db.execute(old.execution_options(preserve_rowcount=True)).rowcount

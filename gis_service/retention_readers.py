"""Wait for transactions that began before an erasure: for them its rows are kept.

VACUUM leaves a deleted row where it is while a transaction of the same database may
still look back to it: a backup, the writer of a cube's base, a command.
"""

import time

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    table,
)
from sqlalchemy.types import UserDefinedType

from movements.errors import MovementError


class _Xid(UserDefinedType[str]):
    """PostgreSQL's number of a transaction."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return its name."""
        return "xid"


XID = _Xid()

# A backup of millions takes minutes; the daily step comes again.
PATIENCE_S = 600.0
_LOOK_S = 0.2

_NOW = select(cast(func.pg_current_xact_id(), Text))
_AT_WORK = table(
    "pg_stat_activity",
    column("datname", Text),
    column("pid", Integer),
    column("backend_xmin", XID),
    schema="pg_catalog",
)
_ASKED = cast(bindparam("now", type_=Text), XID)


def _before() -> Select[int]:
    # Any login is told this much of the others.
    of = _AT_WORK.c
    return select(func.count()).where(
        of.datname == func.current_database(),
        of.pid != func.pg_backend_pid(),
        of.backend_xmin.is_not(None),
        func.age(of.backend_xmin) > func.age(_ASKED),
    )


_BEFORE = _before()


class StillSeen(MovementError):
    """A transaction that began before the erasure goes on for too long."""


def wait_for_readers(db: Connection, *, patience_s: float = PATIENCE_S) -> None:
    """Wait until no transaction sees rows that were deleted before this call.

    Args:
        db: a connection in autocommit, of the database whose rows are gone.
        patience_s: seconds to wait at most.

    Raises:
        StillSeen: one goes on; nothing is lost, the purge goes on when called again.
    """
    now = db.execute(_NOW).scalar_one()
    until = time.monotonic() + patience_s
    while count := db.execute(_BEFORE, {"now": now}).scalar_one():
        if time.monotonic() > until:
            raise StillSeen(
                f"{count} transactions from before the erasure go on after"
                f" {patience_s:.0f} s: rows that they may see cannot be removed yet;"
                " end them (a backup, a command), then call `nmis purge` again"
            )
        time.sleep(_LOOK_S)

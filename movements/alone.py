"""Advisory locks that uploads share, held alone for a moment without harming them."""

import time
from typing import Any

from psycopg.errors import LockNotAvailable
from sqlalchemy import ColumnElement, Connection, Executable, func, select
from sqlalchemy.exc import OperationalError

from movements.errors import MovementError

# Who waits to be alone makes others queue behind it. The first times it gives up before
# the server looks for a deadlock (after a second), so that none is ever an upload's
# trouble; then it is patient, since long uploads end too.
PATIENCE_S = (0.8, 0.8, 0.8, 2, 5, 15, 60)
_PAUSE_S = 0.2


class NeverAlone(MovementError):
    """A lock was shared by others for minutes on end."""


def alone(db: Connection, what: str, *, number: int | None = None) -> None:
    """Hold a lock alone to the end of the transaction, once those who share it end.

    Args:
        db: a connection that is not in autocommit.
        what: the lock's name; with ``number`` one of several of the name.
        number: which of them.

    Raises:
        NeverAlone: others share it for minutes on end.
    """
    patiently(db, select(func.pg_advisory_xact_lock(*_named(what, number))), of=what)


def patiently(db: Connection, locking: Executable, *, of: str) -> Any:  # noqa: ANN401 - of any type
    """Return the one value of a statement that locks; it gives way until it has all.

    Args:
        db: a connection that is not in autocommit.
        locking: the statement.
        of: what it locks, in words.

    Raises:
        NeverAlone: others hold some of it for minutes on end.
    """
    for patience in PATIENCE_S:
        try:
            with db.begin_nested():
                _patient(db, patience)
                told = db.execute(locking).scalar_one()
                _patient(db, 0)
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):
                raise
            time.sleep(_PAUSE_S)
        else:
            return told
    raise NeverAlone(f"{of} was held by others for {sum(PATIENCE_S):.0f} s")


def _patient(db: Connection, seconds: float) -> None:
    wait = f"{seconds * 1000:.0f}ms"
    db.execute(select(func.set_config("lock_timeout", wait, True)))  # noqa: FBT003 - positional in SQL


def _named(what: str, number: int | None) -> tuple[ColumnElement[int] | int, ...]:
    name = func.hashtext(what)
    return (name,) if number is None else (name, number)

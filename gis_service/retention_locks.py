"""Tables locked against everybody: asked for briefly, so that readers are not stalled.

Who waits for such a lock makes everybody behind it wait. So it waits two seconds, lets
those who queued go on, and tries again a few times.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import OperationalError

from movements.errors import MovementError

# As long as a request waits for a connection at most.
WAIT = "2s"
TRIES = 5
PAUSE_S = 5.0
_HELD = (LockNotAvailable, DeadlockDetected)


class StillHeld(MovementError):
    """Tables that have to be rewritten are held by others, time and again."""


@contextmanager
def brief(db: Connection) -> Iterator[None]:
    """Let a connection in autocommit wait for no lock for longer than ``WAIT``."""
    _wait(db, WAIT)
    try:
        yield
    finally:
        _wait(db, "0")


def had(work: Callable[[], None]) -> bool:
    """Do what needs such locks, when they are to be had; say whether they were."""
    for turn in range(TRIES):
        if turn:
            time.sleep(PAUSE_S)
        try:
            work()
        except _HELD:  # of a statement that went to the driver itself
            continue
        except OperationalError as error:
            if not isinstance(error.orig, _HELD):
                raise
        else:
            return True
    return False


def _wait(db: Connection, wait: str) -> None:
    db.execute(select(func.set_config("lock_timeout", wait, False)))  # noqa: FBT003 - positional in SQL

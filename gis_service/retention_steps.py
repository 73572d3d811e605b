"""The steps of a purge: what is begun, what is noted as done, with what it counted."""

from collections.abc import Callable, Mapping

from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError

from movements.retention import Run
from movements.retention_tables import PURGE

Counts = Mapping[str, object]
Work = Callable[[Connection], Counts]

# Whoever reads or writes a month out of view for longer than a lock is waited for.
TRIES = 4


def taken(owner: Engine, run: Run, name: str, work: Work) -> Counts | None:
    """Do a step and note it, in one transaction; ``None`` where it was done before.

    Where somebody holds a table of the month for too long it is tried again.
    """
    if name in done(owner, run):
        return None
    begun(owner, run, name)
    for _ in range(TRIES - 1):
        try:
            return _worked(owner, run, name, work)
        except OperationalError as error:
            if not isinstance(error.orig, (LockNotAvailable, DeadlockDetected)):
                raise
    return _worked(owner, run, name, work)


def begun(owner: Engine, run: Run, name: str) -> None:
    """Note that a step begins: from now on the month is not planned anew."""
    row = {"month": run.month, "run": run.number, "step": name}
    with owner.begin() as db:
        db.execute(insert(PURGE).values(row).on_conflict_do_nothing())


def ticked(db: Connection, run: Run, name: str, counts: Counts) -> None:
    """Note that a step is done."""
    of = (PURGE.c.month == run.month, PURGE.c.run == run.number, PURGE.c.step == name)
    db.execute(update(PURGE).where(*of).values(done=func.now(), counts=dict(counts)))


def done(owner: Engine, run: Run, *, also_begun: bool = False) -> set[str]:
    """Return the steps of a month that are done, or were begun at least."""
    steps = select(PURGE.c.step).where(
        PURGE.c.month == run.month, PURGE.c.run == run.number
    )
    if not also_begun:
        steps = steps.where(PURGE.c.done.is_not(None))
    with owner.connect() as db:
        return set(db.execute(steps).scalars())


def _worked(owner: Engine, run: Run, name: str, work: Work) -> Counts:
    with owner.begin() as db:
        counts = work(db)
        ticked(db, run, name, counts)
    return counts

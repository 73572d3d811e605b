"""How far a state's platform was pulled: kept in the transaction of each page."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from boundaries.wall import enter
from gis_service.connectors.paging import Place
from gis_service.connectors.tables import CONNECTOR, CONNECTOR_PAGE
from movements.receipt import Receipt

# After a failure: a minute, then twice as long each time, six hours at most.
PAUSE_S, LONGEST_PAUSE_S = 60.0, 6 * 3600.0
# A pull that has more pages than its limit goes on after this.
GOES_ON_S = 60.0
# A place that fails so often may be gone (cursors are, after a while).
ANEW_AFTER = 3

_OF = CONNECTOR.c


class PulledElsewhere(Exception):
    """Another process pulls this state's platform; it has come further meanwhile."""


@dataclass(frozen=True, slots=True)
class Run:
    """A walk through a platform's pages, from the first to the last.

    Attributes:
        tenant: the state (LGD code).
        run_id: which walk.
        pages: how many of its pages are batches.
        place: where its next page is.
        since: the mark behind which rows are wanted; ``None`` before the first walk
            came to its end.
        since_next: the highest mark it has seen.
    """

    tenant: int
    run_id: UUID
    pages: int
    place: Place
    since: str | None
    since_next: str | None


def begun(db: Connection, tenant: int) -> Run:
    """Return the walk that was cut off, or begin a new one; in a transaction."""
    enter(db, tenant=tenant)
    new = insert(CONNECTOR).values(
        tenant=tenant, pages=0, failures=0, due_at=func.now()
    )
    db.execute(new.on_conflict_do_nothing())
    row = _held(db, tenant)
    if row.run_id is None:
        begin = {"run_id": uuid4(), "pages": 0, "place": None, "since_next": None}
        db.execute(update(CONNECTOR).where(_OF.tenant == tenant).values(begin))
        row = _held(db, tenant)
    names = ("run_id", "pages", "place", "since", "since_next")
    return Run(tenant, *(getattr(row, name) for name in names))


def hold(db: Connection, run: Run) -> None:
    """Hold a walk until the transaction ends.

    Raises:
        PulledElsewhere: it is not where it was when the page was asked for.
    """
    enter(db, tenant=run.tenant)
    row = _held(db, run.tenant)
    if (row.run_id, row.pages) != (run.run_id, run.pages):
        raise PulledElsewhere("another process is pulling it")


def taken(db: Connection, run: Run, receipt: Receipt) -> None:
    """Keep which batch a page became."""
    db.execute(
        insert(CONNECTOR_PAGE).values(
            tenant=run.tenant,
            run_id=run.run_id,
            page=run.pages + 1,
            batch_id=receipt.batch,
            rows=receipt.rows,
            accepted=receipt.accepted,
            refused=receipt.refused,
        )
    )


def advanced(db: Connection, run: Run, then: Place, mark: str | None) -> Run:
    """Note that a page is done and the next is elsewhere."""
    further = replace(run, pages=run.pages + 1, place=then, since_next=mark)
    values = {"pages": further.pages, "place": then, "since_next": mark}
    _changed(db, run, values | _WELL | {"due_at": _in(GOES_ON_S)})
    return further


def completed(db: Connection, run: Run, mark: str | None, *, every_s: float) -> None:
    """Note that the last page is done: what comes next is behind the highest mark."""
    values = {
        "run_id": None,
        "pages": run.pages + 1,
        "place": None,
        "since": mark if mark is not None else run.since,
        "since_next": None,
        "pulled_at": func.now(),
        "due_at": _in(every_s),
    }
    _changed(db, run, values | _WELL)


def failed(
    db: Connection, tenant: int, why: str, *, wait_s: float | None, may_be_gone: bool
) -> None:
    """Note that a pull failed; what was taken stays, and it goes on from there.

    Args:
        db: a connection in a transaction.
        tenant: whose platform.
        why: in words, without anything of a row.
        wait_s: for how long the platform asks to be left alone.
        may_be_gone: whether the place itself may be what is wrong.
    """
    enter(db, tenant=tenant)
    new = insert(CONNECTOR).values(
        tenant=tenant, pages=0, failures=0, due_at=func.now()
    )
    db.execute(new.on_conflict_do_nothing())
    failures = _held(db, tenant).failures + 1
    pause = min(PAUSE_S * 2 ** min(failures - 1, 20), LONGEST_PAUSE_S)
    values: dict[str, Any] = {
        "failures": failures,
        "failing_since": func.coalesce(_OF.failing_since, func.now()),
        "failure": why,
        "due_at": _in(max(pause, wait_s or 0.0)),
    }
    if may_be_gone and failures % ANEW_AFTER == 0:
        values |= {"run_id": None, "place": None}
    db.execute(update(CONNECTOR).where(_OF.tenant == tenant).values(values))


_WELL: dict[str, Any] = {"failures": 0, "failing_since": None, "failure": None}


def _held(db: Connection, tenant: int) -> Row[Any]:
    return db.execute(
        select(CONNECTOR).where(_OF.tenant == tenant).with_for_update()
    ).one()


def _changed(db: Connection, run: Run, values: dict[str, Any]) -> None:
    db.execute(update(CONNECTOR).where(_OF.tenant == run.tenant).values(values))


def _in(seconds: float) -> ColumnElement[Any]:
    return func.clock_timestamp() + timedelta(seconds=seconds)


def not_yet(db: Connection) -> set[int]:
    """Return the states whose platforms are not due; a connection as the owner."""
    later = select(_OF.tenant).where(_OF.due_at > func.now())
    return set(db.execute(later).scalars())

"""What is written down of a pull: a snapshot, that it holds, or that it failed."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from layers.errors import LayerError
from layers.fetch import Fetched
from layers.portal_rows import Matched
from layers.portal_tables import PORTAL_SNAPSHOT, PORTAL_SOURCE, PORTAL_VALUE

# After a failure a source is asked again, later each time, at most as rarely as ever.
FIRST_RETRY_MIN = 15
MOST_DOUBLED = 12
SNAPSHOTS_KEPT = 20


def keep(
    db: Connection,
    source: Row[Any],
    found: Matched,
    *,
    digest: bytes,
    district_set: str,
    now: datetime,
) -> int:
    """Write a snapshot, and forget the values of the earlier ones; return its id.

    Args:
        db: a connection as the owner.
        source: whose answer it is.
        found: what it tells.
        digest: of the answer, and of how it is read.
        district_set: whose districts it was matched to.
        now: when it was fetched.
    """
    row = {
        "name": source.name,
        "data_date": found.data_date,
        "rows": found.rows,
        "matched": found.rows - found.unmatched,
        "unmatched": found.unmatched,
        "faults": list(found.faults),
        "attribution": source.attribution,
        "licence": source.licence,
    }
    row |= {"digest": digest, "district_set": district_set, "fetched_at": now}
    made = insert(PORTAL_SNAPSHOT).values(row)
    snapshot_id: int = db.execute(
        made.returning(PORTAL_SNAPSHOT.c.snapshot_id)
    ).scalar_one()
    values = [asdict(each) | {"snapshot_id": snapshot_id} for each in found.values]
    db.execute(insert(PORTAL_VALUE), values)
    _forget_old(db, source.name, snapshot_id)
    return snapshot_id


def went_well(
    db: Connection,
    source: Row[Any],
    answer: Fetched,
    *,
    now: datetime,
    snapshot_id: int,
) -> None:
    """Note that a source has what is in a snapshot, and when it is asked again."""
    held = PORTAL_SNAPSHOT.c.snapshot_id == snapshot_id
    db.execute(update(PORTAL_SNAPSHOT).where(held).values(checked_at=now))
    noted = {
        "tried_at": now,
        "due_at": now + timedelta(hours=source.refresh_hours),
        "failures": 0,
        "failing_since": None,
        "failure": None,
        "etag": answer.etag,
        "last_modified": answer.last_modified,
        "snapshot_id": snapshot_id,
    }
    db.execute(_of(source.name).values(noted))


def failed(db: Connection, name: str, error: Exception, *, now: datetime) -> None:
    """Note that a pull failed, and when the source is asked again."""
    source = PORTAL_SOURCE.c
    query = select(source.failures, source.refresh_hours).where(source.name == name)
    before = db.execute(query.with_for_update()).one_or_none()
    if before is None:
        return
    doubled = 2 ** min(before.failures, MOST_DOUBLED)
    minutes = min(before.refresh_hours * 60, FIRST_RETRY_MIN * doubled)
    noted = {
        "tried_at": now,
        "due_at": now + timedelta(minutes=minutes),
        "failures": before.failures + 1,
        "failing_since": func.coalesce(source.failing_since, now),
        # Another's words may hold anything.
        "failure": str(error)
        if isinstance(error, LayerError)
        else type(error).__name__,
    }
    db.execute(_of(name).values(noted))


def _of(name: str) -> Any:  # noqa: ANN401 - an update
    return update(PORTAL_SOURCE).where(PORTAL_SOURCE.c.name == name)


def _forget_old(db: Connection, name: str, newest: int) -> None:
    snapshot, value = PORTAL_SNAPSHOT.c, PORTAL_VALUE.c
    mine = select(snapshot.snapshot_id).where(snapshot.name == name)
    others = mine.where(snapshot.snapshot_id != newest)
    db.execute(delete(PORTAL_VALUE).where(value.snapshot_id.in_(others)))
    old = mine.order_by(snapshot.snapshot_id.desc()).offset(SNAPSHOTS_KEPT)
    db.execute(delete(PORTAL_SNAPSHOT).where(snapshot.snapshot_id.in_(old)))

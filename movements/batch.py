"""An upload, accepted in one transaction: rows, flows and receipt, or nothing."""

import hmac
from dataclasses import replace
from typing import cast
from uuid import UUID, uuid4

import polars as pl
from sqlalchemy import Connection, func, insert, select

from boundaries.locate import district_shapes
from boundaries.lookup import gazetteer
from boundaries.wall import enter
from movements import flow, store
from movements.consent import permission_at_first
from movements.errors import BatchRefused, IdempotencyMismatch, UploadInFlight
from movements.fate import fated, identified
from movements.journeys import Journeys
from movements.outcome import planned
from movements.pin import post_offices
from movements.receipt import Receipt, of_body
from movements.replaced import Cause
from movements.snapshot import confirmation, refuse_unconfirmed
from movements.source_refs import claimed, known, of_days, settled
from movements.tables import BATCH
from movements.upload import Upload, examined
from movements.walk_in import registered, unnamed
from movements.writing import Brought, Instead, taken_back, write
from routes.path import made_ready as routes_ready

__all__ = ["Upload", "accept", "made_ready"]


def accept(db: Connection, upload: Upload) -> Receipt:
    """Check and store an upload within the caller's transaction.

    Answer the sender only after COMMIT. A dry run stores nothing and says the same.

    Raises:
        BatchRefused: atomic, and a row has a fault.
        IdempotencyMismatch: the key was used with another body.
        UploadInFlight: an upload with this key is being worked on.
        SnapshotRefused, SnapshotUnconfirmed: as their names say.
    """
    wall = upload.walk_in.wall if upload.walk_in else {}
    enter(db, tenant=upload.terms.tenant, **wall)
    earlier = _replayed(db, upload)
    if earlier:
        return earlier
    frame, ways, receipt = examined(db, upload)
    if upload.dry_run:
        return _tried(db, upload, frame, ways, receipt)
    if upload.atomic and receipt.faults:
        raise BatchRefused(receipt.body())
    stored = replace(receipt, batch=uuid4())
    if frame.height or upload.snapshot:
        stored = _stored(db, upload, frame, ways, stored)
    _filed(db, upload, stored)
    changed = stored.new or stored.updated or stored.withdrawn
    if changed and not upload.terms.sandbox:
        flow.publish(db)
    return stored


def made_ready(db: Connection) -> None:
    """Read what uploads look things up in; it is kept in memory from then on."""
    gazetteer(db)
    district_shapes(db)
    post_offices()
    routes_ready(db)


def _replayed(db: Connection, upload: Upload) -> Receipt | None:
    key, tenant = upload.idempotency_key, upload.terms.tenant
    if key is None or upload.dry_run:
        return None
    lock = func.hashtextextended(f"batch:{tenant}:{key}", 0)
    if not db.execute(select(func.pg_try_advisory_xact_lock(lock))).scalar_one():
        raise UploadInFlight(f"an upload with Idempotency-Key {key!r} is under way")
    earlier = db.execute(
        select(BATCH.c.digest, BATCH.c.receipt).where(
            BATCH.c.tenant == tenant, BATCH.c.idempotency_key == key
        )
    ).one_or_none()
    if earlier is None:
        return None
    if not hmac.compare_digest(bytes(earlier.digest), upload.digest):
        raise IdempotencyMismatch(key)
    return of_body(earlier.receipt, replayed=True)


def _tried(
    db: Connection,
    upload: Upload,
    frame: pl.DataFrame,
    ways: Journeys,
    receipt: Receipt,
) -> Receipt:
    tenant, snapshot = upload.terms.tenant, upload.snapshot
    refs = frame["source_ref"].drop_nulls().to_list() if upload.by_ref else []
    stood = known(db, refs, tenant=tenant) if refs else {}
    if snapshot:
        stood = of_days(db, snapshot.days, tenant=tenant) | stood
    marked = identified(frame, upload.terms, upload.keys)
    plan = planned(db, upload, fated(marked, stood), stood, ways, receipt)
    if not snapshot:
        return plan.receipt
    keys = upload.keys
    told = confirmation(snapshot, plan.missing, tenant=tenant, keys=keys)
    return replace(plan.receipt, confirm=told)


def _stored(
    db: Connection,
    upload: Upload,
    frame: pl.DataFrame,
    ways: Journeys,
    receipt: Receipt,
) -> Receipt:
    tenant, snapshot = upload.terms.tenant, upload.snapshot
    marked = identified(frame, upload.terms, upload.keys)
    refs = marked.filter(pl.col("source_ref").is_not_null() & upload.by_ref)
    days = snapshot.days if snapshot else None
    stood = {}
    if refs.height or days:
        stood = claimed(db, refs, tenant=tenant, days=days)
    plan = planned(db, upload, fated(marked, stood), stood, ways, receipt)
    if snapshot:
        keys = upload.keys
        refuse_unconfirmed(snapshot, plan.missing, tenant=tenant, keys=keys)
    rows = plan.rows if upload.by_ref else unnamed(plan.rows)
    stamp = store.Stamp(
        tenant,
        cast("UUID", receipt.batch),
        permission=permission_at_first(db),
        kept=bool(plan.amended.kept),
        stage="arrived" if upload.walk_in else "planned",
    )
    if rows.height:
        store.listed(db, rows, stamp=stamp)
    written = rows.filter(pl.col("fate") != "unchanged")
    if stood and written.height:
        settled(db, written["source_ref"].drop_nulls().to_list(), tenant=tenant)
    cause = Cause(batch_id=receipt.batch)
    if written.height:
        instead = Instead(plan.going, plan.amended.kept, cause)
        write(db, upload, Brought(written, ways), stamp, instead)
        if upload.walk_in:
            registered(db, written, upload.walk_in)
    else:
        taken_back(db, plan.going, cause, sandbox=upload.terms.sandbox)
    return plan.receipt


def _filed(db: Connection, upload: Upload, receipt: Receipt) -> None:
    db.execute(
        insert(BATCH).values(
            tenant=upload.terms.tenant,
            batch_id=receipt.batch,
            created_at=func.now(),
            idempotency_key=upload.idempotency_key,
            digest=upload.digest,
            rows=receipt.rows,
            accepted=receipt.accepted,
            refused=receipt.refused,
            synthetic=upload.synthetic,
            receipt=receipt.body(),
        )
    )

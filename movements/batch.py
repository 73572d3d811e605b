"""An upload, accepted in one transaction: rows, flows and receipt, or nothing."""

import functools
import hmac
from dataclasses import dataclass, field, replace
from typing import cast
from uuid import UUID, uuid4

import polars as pl
from sqlalchemy import Connection, func, insert, select

from boundaries.locate import district_shapes, inside
from boundaries.lookup import gazetteer
from boundaries.wall import enter
from movements import flow, store, upload_rows
from movements.binary_rows import Packed
from movements.consent import permission_at_first
from movements.copying import meanwhile
from movements.errors import BatchRefused, IdempotencyMismatch, UploadInFlight
from movements.fate import FATES, fated, identified
from movements.identity import DataKeys, blind_index, data_keys, seal
from movements.journeys import KEY, Journeys, journeys, keyed, routed
from movements.keys import Keys
from movements.pin import post_offices
from movements.profile import records
from movements.receipt import Receipt, of_body
from movements.record import Terms, checked, faults, without_faults
from movements.replaced import removed
from movements.sheet import Sheet
from movements.source_refs import Known, claimed, known
from movements.tables import BATCH
from routes.path import drawn, unstored
from routes.path import made_ready as routes_ready
from routes.path import stored as store_routes


@dataclass(frozen=True, slots=True)
class Upload:
    """What a state sends, and how it wants it taken.

    Attributes:
        sheet: the rows as read.
        terms: what the installation takes, and whose upload it is.
        keys: the keys of the vault.
        atomic: whether one fault refuses all rows.
        dry_run: whether nothing is to be stored.
        accept_route_gap: whether routes whose states do not touch are taken.
        idempotency_key: the sender's key; the same key and body have one effect.
        digest: SHA-256 of the body and its parameters; needed with a key.
        synthetic: whether the people are made up, for a demonstration.
    """

    sheet: Sheet
    terms: Terms
    keys: Keys = field(repr=False)
    atomic: bool = False
    dry_run: bool = False
    accept_route_gap: bool = False
    idempotency_key: str | None = None
    digest: bytes = b""
    synthetic: bool = False


def accept(db: Connection, upload: Upload) -> Receipt:
    """Check and store an upload within the caller's transaction.

    Answer the sender only after COMMIT. A dry run stores nothing and says the same.

    Raises:
        BatchRefused: atomic, and a row has a fault.
        IdempotencyMismatch: the key was used with another body.
        UploadInFlight: an upload with this key is being worked on.
    """
    enter(db, tenant=upload.terms.tenant)
    earlier = _replayed(db, upload)
    if earlier:
        return earlier
    frame, ways, receipt = _examined(db, upload)
    if upload.dry_run:
        return _tried(db, upload, frame, receipt)
    if upload.atomic and receipt.faults:
        raise BatchRefused(receipt.body())
    stored = replace(receipt, batch=uuid4())
    if frame.height:
        stored = _stored(db, upload, frame, ways, stored)
    _filed(db, upload, stored)
    if stored.new or stored.updated:
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


def _examined(db: Connection, upload: Upload) -> tuple[pl.DataFrame, Journeys, Receipt]:
    """Return the rows to store, their routes, and the receipt so far."""
    places = gazetteer(db)
    found = checked(
        upload.sheet, upload.terms, places=places, inside=functools.partial(inside, db)
    )
    frame = keyed(found.frame)
    ways = journeys(db, frame, places=places, accept_gaps=upload.accept_route_gap)
    findings = (*found.findings, *ways.findings)
    good = without_faults(frame, findings)
    if upload.atomic and good.height < frame.height:
        good = good.clear()
    receipt = Receipt(
        batch=None,
        rows=frame.height,
        accepted=good.height,
        refused=frame.height - good.height,
        new=good.height,
        ignored=[each.body() for each in found.ignored],
        faults=[each.body() for each in faults(upload.sheet, findings)],
    )
    return good, ways, receipt


def _tried(
    db: Connection, upload: Upload, frame: pl.DataFrame, receipt: Receipt
) -> Receipt:
    refs = frame["source_ref"].drop_nulls().to_list()
    stood = known(db, refs, tenant=upload.terms.tenant) if refs else {}
    marked = identified(frame, upload.terms, upload.keys)
    return _counted(receipt, fated(marked, stood)["fate"])


def _stored(
    db: Connection,
    upload: Upload,
    frame: pl.DataFrame,
    ways: Journeys,
    receipt: Receipt,
) -> Receipt:
    tenant = upload.terms.tenant
    marked = identified(frame, upload.terms, upload.keys)
    refs = marked.filter(pl.col("source_ref").is_not_null())
    stood = claimed(db, refs, tenant=tenant) if refs.height else {}
    rows = fated(marked, stood)
    stamp = store.Stamp(
        tenant, cast("UUID", receipt.batch), permission=permission_at_first(db)
    )
    store.listed(db, rows, stamp=stamp)
    written = rows.filter(pl.col("fate") != "unchanged")
    if written.height:
        updated = written.filter(pl.col("fate") == "updated")["source_ref"].to_list()
        replaced = [stood[ref] for ref in updated]
        _written(db, upload, written, ways, stamp=stamp, replaced=replaced)
    return _counted(receipt, rows["fate"])


def _written(
    db: Connection,
    upload: Upload,
    written: pl.DataFrame,
    ways: Journeys,
    *,
    stamp: store.Stamp,
    replaced: list[Known],
) -> None:
    rows, numbered = routed(
        written.sort("bucket", "person_id").with_columns(
            purge_month=pl.col("travel_date").dt.truncate("1mo")
        ),
        ways,
    )
    opened = data_keys(db, rows["purge_month"].unique().to_list(), keys=upload.keys)
    new = unstored(db, [ways.routes[key] for key in numbered[KEY].to_list()])
    store.sent(db, rows, numbered)
    gone = removed(db, replaced)
    with meanwhile(db):
        store.people_and_journeys(db, stamp=stamp)
        sealed = _sealed(rows, opened, upload)
        counts = upload_rows.counts(rows)
        lines = drawn(new)
    store.profiles(db, sealed, stamp=stamp)
    # From here on rows are locked that other uploads want as well.
    store_routes(db, lines)
    flow.roll_up(db, store.changes(db, counts, gone=gone))
    if gone:
        flow.swept(db)


def _counted(receipt: Receipt, fates: pl.Series) -> Receipt:
    new, updated, unchanged = (int((fates == fate).sum()) for fate in FATES)
    return replace(receipt, new=new, updated=updated, unchanged=unchanged)


def _sealed(rows: pl.DataFrame, opened: DataKeys, upload: Upload) -> Packed:
    places = rows.select("bucket", "person_id", "purge_month").rows()
    personal = records(rows, aadhaar=upload.terms.aadhaar)
    profiles = seal(personal.to_list(), places, keys=opened)
    mobiles = rows["mobile"].to_list()
    found = {
        each: blind_index(each, keys=upload.keys) for each in set(mobiles) - {None}
    }
    sealed = upload_rows.Sealed(profiles, [found.get(each) for each in mobiles])
    return upload_rows.profiles(rows, sealed)


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

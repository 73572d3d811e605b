"""An upload as it is sent, and its rows looked at: what is good, what is not."""

import functools
from dataclasses import dataclass, field, replace

import polars as pl
from sqlalchemy import Connection

from boundaries.locate import inside
from boundaries.lookup import gazetteer
from movements import gone
from movements.erased_refs import erased_rows
from movements.journeys import Journeys, journeys, keyed
from movements.keys import Keys
from movements.receipt import Receipt
from movements.record import Terms, checked, faults, without_faults
from movements.sheet import Sheet
from movements.snapshot import Snapshot


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
        snapshot: whether the rows are all there are of some days; then who is not
            named is withdrawn.
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
    snapshot: Snapshot | None = None


def examined(db: Connection, upload: Upload) -> tuple[pl.DataFrame, Journeys, Receipt]:
    """Return the rows to store, their routes, and the receipt so far."""
    places = gazetteer(db)
    terms = replace(upload.terms, gone=gone.months_gone(db))
    found = checked(
        upload.sheet, terms, places=places, inside=functools.partial(inside, db)
    )
    frame = keyed(found.frame)
    ways = journeys(db, frame, places=places, accept_gaps=upload.accept_route_gap)
    erased = erased_rows(db, frame["source_ref"], tenant=terms.tenant, keys=upload.keys)
    findings = (*found.findings, *ways.findings, *erased)
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

"""An upload as it is sent, and its rows looked at: what is good, what is not."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import polars as pl
from sqlalchemy import Connection

from boundaries.locate import inside
from boundaries.lookup import gazetteer
from movements import gone
from movements.erased_refs import erased_rows
from movements.ignored import Ignored
from movements.journeys import Journeys, journeys, keyed
from movements.keys import Keys
from movements.receipt import Receipt
from movements.record import Checked, Terms, checked, faults, without_faults
from movements.rule import Finding
from movements.sheet import Sheet
from movements.snapshot import Snapshot
from movements.walk_in import WalkIn, not_named
from movements.walk_in import findings as of_walk_in


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
        walk_in: where the people were registered on arrival, of those on no list.
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
    walk_in: WalkIn | None = None

    @property
    def by_ref(self) -> bool:
        """Whether a row id stands for a person sent before."""
        return self.walk_in is None


def examined(db: Connection, upload: Upload) -> tuple[pl.DataFrame, Journeys, Receipt]:
    """Return the rows to store, their routes, and the receipt so far."""
    places = gazetteer(db)
    terms = replace(upload.terms, gone=gone.months_gone(db))
    found = checked(
        upload.sheet, terms, places=places, inside=functools.partial(inside, db)
    )
    frame = keyed(found.frame)
    ways = journeys(db, frame, places=places, accept_gaps=upload.accept_route_gap)
    findings = (*_of_rows(found, upload), *ways.findings, *_further(db, upload, frame))
    good = without_faults(frame, findings)
    if upload.atomic and good.height < frame.height:
        good = good.clear()
    receipt = Receipt(
        batch=None,
        rows=frame.height,
        accepted=good.height,
        refused=frame.height - good.height,
        new=good.height,
        ignored=[each.body() for each in (*found.ignored, *_unstored(upload))],
        faults=[each.body() for each in faults(upload.sheet, findings)],
    )
    return good, ways, receipt


def _of_rows(found: Checked, upload: Upload) -> Iterable[Finding]:
    if upload.walk_in is None:
        return found.findings
    # Where it has to end says more than that one end is to be in the state.
    return (each for each in found.findings if each.code != "not_your_state")


def _further(db: Connection, upload: Upload, frame: pl.DataFrame) -> Iterable[Finding]:
    if upload.walk_in is not None:
        return of_walk_in(frame, upload.walk_in)
    tenant = upload.terms.tenant
    return erased_rows(db, frame["source_ref"], tenant=tenant, keys=upload.keys)


def _unstored(upload: Upload) -> tuple[Ignored, ...]:
    return () if upload.by_ref else not_named(upload.sheet.frame["source_ref"])

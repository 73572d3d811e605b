"""What an upload comes to: the fates of its rows, and the journeys that go for it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

import polars as pl
from sqlalchemy import Connection

from movements.amended import Amended, Earlier, amended
from movements.columns import NAMES
from movements.errors import BatchRefused
from movements.fate import FATES
from movements.guardian import guarded
from movements.journeys import Journeys
from movements.receipt import Receipt
from movements.record import faults
from movements.replaced import Going
from movements.snapshot import Missing, missing, named, unnamed
from movements.source_refs import Known
from movements.standing import standing
from movements.upload import Upload

_ORDER = {name: at for at, name in enumerate(NAMES)}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written, and what is to be answered.

    Attributes:
        rows: rows that are taken, with their ``fate``.
        amended: what they change of earlier versions.
        missing: whom a snapshot does not name.
        receipt: the answer.
    """

    rows: pl.DataFrame
    receipt: Receipt
    amended: Amended
    missing: Missing

    @property
    def going(self) -> tuple[Going, ...]:
        """Every journey that goes."""
        return (*self.amended.going.values(), *self.missing.going)


def planned(
    db: Connection,
    upload: Upload,
    rows: pl.DataFrame,
    stood: Mapping[str, Known],
    ways: Journeys,
    receipt: Receipt,
) -> Plan:
    """Return what an upload comes to; journeys that it touches are locked.

    Args:
        db: a connection on the upload plane, within the tenant's walls.
        upload: what was sent.
        rows: the good rows with their fates.
        stood: what stood of their row ids and of a snapshot's days before.
        ways: routes of the rows.
        receipt: what was found so far.

    Raises:
        BatchRefused: atomic, and a journey that is under way would change.
        SnapshotRefused: a snapshot's row has no row id.
    """
    only = upload.walk_in.guardians if upload.walk_in else None
    rows, hung = guarded(db, rows, tenant=upload.terms.tenant, only=only)
    receipt = replace(receipt, ignored=(*receipt.ignored, *hung))
    if not stood and not upload.snapshot:
        return Plan(rows, _counted(receipt, rows["fate"]), Amended(), Missing())
    changed = Amended()
    updated = rows.filter(pl.col("fate") == "updated")
    if updated.height:
        by_person = {
            UUID(bytes=person): stood[ref]
            for person, ref in updated.select("person_id", "source_ref").iter_rows()
        }
        earlier = Earlier(ways, upload.keys, upload.terms.aadhaar)
        changed = amended(db, updated, by_person, earlier)
    if changed.findings:
        rows, receipt = _without(rows, upload, changed, receipt)
    absent = _absent(db, upload, stood, receipt)
    told = (*receipt.ignored, *changed.notes(), *absent.notes())
    counted = _counted(receipt, rows["fate"])
    answer = replace(counted, withdrawn=len(absent.going), ignored=told)
    return Plan(rows, answer, changed, absent)


def _without(
    rows: pl.DataFrame, upload: Upload, changed: Amended, receipt: Receipt
) -> tuple[pl.DataFrame, Receipt]:
    """Return the rows that may be written, and the receipt with the others' faults."""
    bad = {int(at) + 1 for found in changed.findings for at in found.rows}
    good = rows.filter(~pl.col("row").is_in(list(bad)))
    found = [each.body() for each in faults(upload.sheet, changed.findings)]
    whole = replace(
        receipt,
        accepted=good.height,
        refused=receipt.rows - good.height,
        faults=sorted([*receipt.faults, *found], key=_place),
    )
    if not upload.atomic:
        return good, whole
    nothing = replace(whole, batch=None, accepted=0, refused=whole.rows, new=0)
    if not upload.dry_run:
        raise BatchRefused(nothing.body())
    return good.clear(), nothing


def _absent(
    db: Connection, upload: Upload, stood: Mapping[str, Known], receipt: Receipt
) -> Missing:
    if upload.snapshot is None:
        return Missing()
    refs = named(upload.sheet, receipt.faults)
    absent = unnamed(stood, refs, upload.snapshot)
    return missing(stood, absent, standing(db, absent), upload.snapshot)


def _place(fault: Mapping[str, object]) -> tuple[int, int]:
    return int(str(fault["row"])), _ORDER.get(str(fault["field"]), -1)


def _counted(receipt: Receipt, fates: pl.Series) -> Receipt:
    new, updated, unchanged, revived = (int((fates == fate).sum()) for fate in FATES)
    return replace(receipt, new=new + revived, updated=updated, unchanged=unchanged)

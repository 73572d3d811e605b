"""A state corrects one person that it uploaded: a row, checked as any other.

The earlier version goes, with a tombstone that names the fields that changed. What
events made of the journey stays, unless its day, districts or mode change.
"""

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

import numpy as np
import polars as pl
from sqlalchemy import Connection, update

from boundaries.wall import enter
from movements import flow
from movements.amended import Amended, Earlier, amended
from movements.consent import permission_at_first
from movements.errors import BatchRefused, SeveralJourneys, UnknownPerson, Withdrawn
from movements.fate import identified
from movements.guardian import guarded
from movements.receipt import Receipt
from movements.record import faults
from movements.replaced import Cause
from movements.rule import Finding
from movements.standing import Standing
from movements.store import Stamp
from movements.tables import SOURCE_REF
from movements.upload import Upload, examined
from movements.withdrawal import journeys_of, taken_back_before
from movements.writing import Brought, Instead, write

_OWN_REF = "as it was sent before, or leave it out"


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction came to.

    Attributes:
        fields: names of the fields that changed; none: it said the same.
        lapsed: whether a permission or a train lapsed with the journey it was for.
        ignored: what was not stored.
    """

    fields: tuple[str, ...]
    lapsed: bool = False
    ignored: tuple[dict[str, object], ...] = ()


def corrected(
    db: Connection, upload: Upload, person: UUID, *, travel_date: date | None = None
) -> Corrected:
    """Replace what a state sent of a person by one row.

    Args:
        db: a connection on the upload plane, within a transaction.
        upload: the row, as the only one of its sheet.
        person: whose it is.
        travel_date: which journey, where the person has several.

    Raises:
        UnknownPerson: the state sent no such person.
        Withdrawn: it took the person back.
        SeveralJourneys: ``travel_date`` has to say which.
        BatchRefused: the row has faults; its receipt names them.
    """
    enter(db, tenant=upload.terms.tenant)
    was = _standing(db, person, tenant=upload.terms.tenant, day=travel_date)
    upload, foreign = _of_person(upload, was)
    frame, ways, receipt = examined(db, upload)
    _refuse(upload, receipt, foreign)
    row, hung = guarded(db, _identified(frame, upload, was), tenant=upload.terms.tenant)
    earlier = Earlier(ways, upload.keys, upload.terms.aadhaar)
    change = amended(db, row, {person: was.known}, earlier)
    _refuse(upload, receipt, change.findings)
    going = change.going[person]
    told = (*receipt.ignored, *hung)
    # A number in the vault cannot be compared: whoever sends it has it written.
    unseen = upload.terms.aadhaar == "vault" and row["aadhaar"].count()
    if not going.fields and not unseen:
        return Corrected((), ignored=told)
    _written(db, upload, Brought(row, ways), was, change)
    return Corrected(going.fields, bool(change.lapsed), told)


def _standing(
    db: Connection, person: UUID, *, tenant: int, day: date | None
) -> Standing:
    found = journeys_of(db, [person], tenant=tenant).get(person, [])
    if not found:
        if taken_back_before(db, [person], tenant=tenant):
            raise Withdrawn("you have withdrawn this person; upload the row again")
        raise UnknownPerson("no such person among those that you sent")
    named = [each for each in found if day in (None, each.row["travel_date"])]
    if len(named) != 1:
        days = ", ".join(sorted(each.row["travel_date"].isoformat() for each in found))
        raise SeveralJourneys(f"journeys on {days}; say which by travel_date")
    return named[0]


def _of_person(upload: Upload, was: Standing) -> tuple[Upload, tuple[Finding, ...]]:
    """Return the row under the person's own row id, and whether it gave another."""
    frame, own = upload.sheet.frame, was.row["source_ref"]
    given = frame["source_ref"][0]
    named = frame.with_columns(source_ref=pl.lit(own, dtype=pl.String))
    ours = replace(upload, sheet=replace(upload.sheet, frame=named))
    if given in (None, own):
        return ours, ()
    return ours, (Finding("source_ref", "not_allowed_value", np.array([0]), _OWN_REF),)


def _refuse(upload: Upload, receipt: Receipt, found: tuple[Finding, ...]) -> None:
    told = [*receipt.faults, *(each.body() for each in faults(upload.sheet, found))]
    if told:
        refused = replace(receipt, accepted=0, refused=1, new=0, faults=told)
        raise BatchRefused(refused.body())


def _identified(frame: pl.DataFrame, upload: Upload, was: Standing) -> pl.DataFrame:
    known = was.known
    return identified(frame, upload.terms, upload.keys).with_columns(
        bucket=pl.lit(known.bucket, dtype=pl.Int16),
        person_id=pl.lit(known.person_id.bytes),
        movement_id=pl.lit(known.movement_id.bytes),
        fate=pl.lit("updated"),
    )


def _written(
    db: Connection, upload: Upload, row: Brought, was: Standing, change: Amended
) -> None:
    tenant, ref = upload.terms.tenant, was.row["source_ref"]
    if ref is not None:
        db.execute(
            update(SOURCE_REF)
            .where(SOURCE_REF.c.tenant == tenant, SOURCE_REF.c.source_ref == ref)
            .values(
                travel_date=row.rows["travel_date"][0], digest=row.rows["digest"][0]
            )
        )
    stamp = Stamp(
        tenant,
        was.row["batch_id"],
        permission=permission_at_first(db),
        kept=bool(change.kept),
    )
    at_first = row.rows.with_columns(row=pl.lit(was.row["row_number"], dtype=pl.Int32))
    instead = Instead(tuple(change.going.values()), change.kept, Cause())
    write(db, upload, replace(row, rows=at_first), stamp, instead)
    if not upload.terms.sandbox:
        flow.publish(db)

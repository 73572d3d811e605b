"""Walk-ins, registered for an officer in one transaction with their audit entry.

They are written by the login that uploads, as a batch of the officer's state; the
database takes them only where they end at the officer's places (``walls``).
"""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Connection

from gis_service import fault_language, intake, metrics
from gis_service.access import Officer, current_officer
from gis_service.audit import Subject
from gis_service.audit import record as written
from gis_service.audit.keys import AuditKey
from gis_service.audit.purposes import Purpose
from gis_service.audit.seen import who
from gis_service.db import connection
from gis_service.events_said import teller
from gis_service.people_plane import eye, opened, today
from gis_service.walk_in_bodies import Registering
from gis_service.webhooks import outbox
from movements import people as persons
from movements.batch import accept
from movements.errors import (
    BadParameter,
    BatchRefused,
    IdempotencyMismatch,
    UploadInFlight,
    UploadTooLarge,
)
from movements.guardian import ids_in
from movements.happened import Train
from movements.reading import Asked, read
from movements.receipt import Receipt, people, was_sent
from movements.sheet import Sheet
from movements.unique_id import id_text
from movements.upload import Upload
from movements.vehicle import vehicle_of
from movements.walk_in import MOST, WalkIn


@dataclass(frozen=True, slots=True)
class Told:
    """A receipt, and the unique IDs of its rows."""

    receipt: Receipt
    ids: list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Key:
    """What a request is known by when it comes again, and what it says."""

    text: str
    digest: bytes

    @property
    def own(self) -> str:
        """Whose it is too: other officers' are others, and no state's system's."""
        # No Idempotency-Key holds the sign between.
        return f"walk-in\x1f{current_officer().token_id}\x1f{self.text}"


def register(
    body: bytes, *, media: str, manner: Registering, key: str | None, spoken: str
) -> Told:
    """Register the rows of a body as people who arrived at the caller's places.

    Args:
        body: as for a batch.
        media: its type.
        manner: how, and what they came in.
        key: of the request.
        spoken: the language in which faults are told.

    Raises:
        UnreadableUpload, UploadTooLarge, BadParameter, BatchRefused, Sunset, …: as of
            a batch.
    """
    sheet = read(body, Asked(media=media))
    _few(sheet)
    digest = hashlib.sha256(body + _ending(manner)).digest()
    own = Key(key, digest) if key is not None else None
    try:
        return registered(sheet, manner=manner, key=own, guardians=guardians(sheet))
    except BatchRefused as refused:
        told = fault_language.body(refused.receipt, spoken)
        raise BatchRefused(told) from refused
    except IdempotencyMismatch as mismatch:
        raise IdempotencyMismatch(key or "") from mismatch
    except UploadInFlight as busy:
        raise UploadInFlight(
            f"an upload with Idempotency-Key {key!r} is under way"
        ) from busy


def registered(
    sheet: Sheet,
    *,
    manner: Registering,
    key: Key | None,
    guardians: frozenset[UUID] = frozenset(),
) -> Told:
    """Register rows that were read; the rest as ``register``.

    Args:
        sheet: the rows.
        manner: how, and what they came in.
        key: of the request.
        guardians: as ``guardians`` finds them.
    """
    officer = current_officer()
    settings = current_app.extensions["settings"]
    tenant = officer.tenant or 0
    upload = Upload(
        sheet=sheet,
        terms=intake.terms(settings, tenant, last=today()),
        keys=intake.keys(current_app.extensions["secrets"]),
        atomic=manner.mode == "atomic",
        dry_run=manner.dry_run,
        accept_route_gap=manner.accept_route_gap,
        idempotency_key=key.own if key else None,
        digest=key.digest if key else b"",
        walk_in=_walk_in(officer, manner, guardians),
    )
    db = connection("upload")
    with db.begin():
        receipt = accept(db, upload)
        ids = _ids(db, receipt, tenant)
        _noted(db, receipt, ids)
        outbox.told(db, receipt, tenant=tenant)
    if receipt.batch and not receipt.replayed:
        metrics.taken(receipt)
    return Told(receipt, ids)


def guardians(sheet: Sheet) -> frozenset[UUID]:
    """Return who, of those named as guardians by unique ID, is seen by the caller.

    Whoever is not seen is nobody. The look is written to the audit log.
    """
    named = sheet.frame["guardian_ref"].drop_nulls().unique().to_list()
    asked = list(ids_in(named).values())
    if not asked:
        return frozenset()
    looking = eye(current_officer())
    db = opened(looking)
    found = frozenset(own[0].person for own in persons.of(db, looking, asked))
    key: AuditKey = current_app.extensions["audit"]
    about = Subject("person", people=key.hashed(map(id_text, sorted(found))))
    purpose = Purpose.RECEPTION
    written(db, who(), purpose=purpose, action="arrival.guardian", subject=about)
    db.commit()
    return found


def again(key: Key) -> bool:
    """Return whether the caller sent something under a key before."""
    db, tenant = connection("upload"), current_officer().tenant or 0
    with db.begin():
        return was_sent(db, key.own, tenant=tenant)


def body(told: Told, spoken: str) -> dict[str, Any]:
    """Return what is answered."""
    whole = fault_language.body(told.receipt, spoken)
    names = ("batch", "rows", "accepted", "refused", "ignored", "faults")
    rows = [{"row": row, "id": person} for row, person in told.ids]
    return {**{name: whole[name] for name in names}, "people": rows}


def _walk_in(
    officer: Officer, manner: Registering, guardians: frozenset[UUID]
) -> WalkIn:
    if manner.train_date and not manner.train_number:
        raise BadParameter("train_date: with train_number alone")
    train = manner.train_number and Train(manner.train_number, manner.train_date)
    looking = eye(officer)
    return WalkIn(
        by=teller(officer, looking),
        state=officer.tenant or 0,
        district=looking.scope.get("destination_district"),
        train=train or None,
        vehicle=vehicle_of(manner.vehicle) if manner.vehicle else None,
        guardians=guardians,
    )


def _few(sheet: Sheet) -> None:
    if sheet.frame.height > MOST:
        raise UploadTooLarge("rows", sheet.frame.height, MOST)


def _ids(db: Connection, receipt: Receipt, tenant: int) -> list[tuple[int, str]]:
    if receipt.batch is None:
        return []
    listed = people(db, receipt.batch, tenant=tenant, limit=MOST)
    return [(each.row, each.id) for each in listed]


def _noted(db: Connection, receipt: Receipt, ids: list[tuple[int, str]]) -> None:
    """Write who registered whom, in the same transaction; a trial registered nobody."""
    if receipt.batch is None:
        return
    key: AuditKey = current_app.extensions["audit"]
    hashed = key.hashed(person for _, person in ids)
    about = Subject("batch", receipt.batch, people=hashed)
    done = "arrival.walk_in.again" if receipt.replayed else "arrival.walk_in"
    written(db, who(), purpose=Purpose.RECEPTION, action=done, subject=about)


def _ending(manner: Registering) -> bytes:
    # How it is answered is no part of what is sent.
    return b"\0" + manner.model_dump_json(exclude={"lang"}, exclude_none=True).encode()

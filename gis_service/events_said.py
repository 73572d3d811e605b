"""What officers and systems say happened to journeys: recorded, noted, told.

One transaction holds the events, their audit entry and what webhooks are told.
"""

from flask import current_app
from sqlalchemy import Connection

from gis_service.access import Officer, current_officer
from gis_service.audit import Purpose, Subject
from gis_service.audit import record as written
from gis_service.audit.keys import AuditKey
from gis_service.audit.seen import who
from gis_service.db import connection
from gis_service.people_plane import eye, plane
from gis_service.webhooks.outbox import recorded as told
from movements.events import record
from movements.happened import Happened, Recorded, Teller
from movements.sight import Eye
from movements.unique_id import id_text

# What an event is recorded for; a state's system works on what it sent.
PURPOSES = {
    "permission_requested": Purpose.PERMIT,
    "permission_granted": Purpose.PERMIT,
    "permission_refused": Purpose.PERMIT,
    "permission_withdrawn": Purpose.PERMIT,
    "cancelled": Purpose.PERMIT,
    "requisitioned": Purpose.MANIFEST,
    "departed": Purpose.MANIFEST,
    "arrived": Purpose.RECEPTION,
}


def say(happened: Happened) -> Recorded:
    """Record what the caller says happened, to whom they may say it of."""
    officer = current_officer()
    looking = eye(officer)
    db = connection(plane(looking))
    with db.begin():
        done = record(db, happened, teller(officer, looking))
        _noted(db, happened)
        told(db, happened.event, done.tenants)
    return done


def teller(officer: Officer, looking: Eye) -> Teller:
    """Return an officer as events keep them."""
    own = officer.tenant if officer.role == "uploader" else None
    return Teller(
        *(officer.role, officer.scope, officer.token_id),
        tenant=own,
        eye=looking,
    )


def _noted(db: Connection, happened: Happened) -> None:
    """Write who said this of whom, in the same transaction."""
    key: AuditKey = current_app.extensions["audit"]
    hashed = key.hashed(map(id_text, happened.people))
    officer = who()
    own = officer.role == "uploader"
    written(
        db,
        officer,
        purpose=Purpose.OWN_BATCH if own else PURPOSES[happened.event],
        action=f"event.{happened.event}",
        subject=Subject("person", people=hashed),
    )

"""The key that makes the hashes of those who are gone, and who asks by it."""

import hmac
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from gis_service.audit.keys import AuditKey
from movements.errors import Erased
from movements.retention_people import erased


def hash_key(key: AuditKey) -> bytes:
    """Return the key of the hashes: another than that of the audit log's."""
    return hmac.digest(key.people, b"nmis erased people", "sha256")


def erased_on(db: Connection, person: UUID, key: AuditKey) -> date | None:
    """Return the day on which a person's data was erased; ``None`` where it was not.

    Args:
        db: a connection on the officer, upload or owner plane.
        person: a unique ID.
        key: of the installation.
    """
    return erased(db, person, key=hash_key(key))


def refuse_erased(db: Connection, person: UUID, key: AuditKey) -> None:
    """Let a view go on of a person whose data was not erased.

    Raises:
        Erased: it was; the message says when.
    """
    day = erased_on(db, person, key)
    if day is not None:
        raise Erased(f"the data of this person was erased on {day.isoformat()}")

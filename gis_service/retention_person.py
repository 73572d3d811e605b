"""One person erased, because they asked or because an officer has to."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from gis_service import audit
from gis_service.audit.keys import AuditKey
from gis_service.retention_key import hash_key
from movements.keys import Keys
from movements.retention_forget import erase_person
from movements.unique_id import id_text


def erase(
    db: Connection,
    person: UUID,
    *,
    key: AuditKey,
    keys: Keys,
    who: audit.Who,
    today: date,
) -> Mapping[str, object]:
    """Erase a person and write so in the audit log, in one transaction.

    Args:
        db: a connection on the owner plane, in a transaction.
        person: a unique ID.
        key: of the installation.
        keys: of the vault.
        who: erases.
        today: the civil date in India.

    Returns:
        How many rows went of which table; empty where nobody has the ID, of which
        nothing is written.
    """
    counts = erase_person(db, person, key=hash_key(key), keys=keys, gone=today)
    if counts:
        audit.record(
            db,
            who,
            purpose=audit.Purpose.RETENTION,
            action="person.erase",
            subject=audit.Subject("person", people=key.hashed([id_text(person)])),
        )
    return counts

"""Entries of the audit log for tests, as a plane writes them; and a signer."""

from uuid import UUID

from gis_service.audit import Purpose, Subject, Who, record
from gis_service.audit.findings import Tally
from gis_service.audit.keys import audit_key, roots_file
from gis_service.audit.signing import Signer
from gis_service.audit.verify import findings


def write(db, count=1, *, people=()):
    for at in range(count):
        record(
            db,
            Who("state", "tok1", f"{at:016x}"),
            purpose=list(Purpose)[at % 6],
            action="person.show",
            subject=Subject(
                "person",
                UUID(int=at),
                people=people,
                n=1,
                case_ref=None if at % 3 else f"CASE-{at}",
            ),
        )


def written(database, count=1, **how):
    """Entries of a transaction of the upload plane, committed."""
    with database.upload.begin() as db:
        write(db, count, **how)


def signer(database, var) -> Signer:
    return Signer(database.audit, audit_key(var), var)


def verified(database, var, *, kept=None, public=None):
    """What a verification finds, and how much it looked at."""
    tally = Tally()
    public = public or audit_key(var).public
    connected = database.audit.connect()
    with connected.execution_options(isolation_level="REPEATABLE READ") as db:
        found = list(
            findings(db, public=public, kept=kept or roots_file(var), tally=tally)
        )
    return found, tally

"""People's requests as officers handle them: seen, filed for somebody, answered."""

from dataclasses import replace
from uuid import UUID

from flask import current_app
from sqlalchemy import Connection, RowMapping

from boundaries.wall import enter
from gis_service.access import current_officer, fresh
from gis_service.audit import Purpose, Subject
from gis_service.audit import record as written
from gis_service.audit.keys import AuditKey
from gis_service.audit.seen import who
from gis_service.db import connection
from gis_service.own_access import vault_keys
from gis_service.own_bodies import ByOfficer
from gis_service.people_plane import eye, opened, today
from gis_service.retention_kept import person_kept
from gis_service.retention_person import erase
from movements import own_request, people
from movements.errors import UnknownPerson
from movements.own_request import Filing, Kept
from movements.own_request_list import Answer, answered, one, outlived
from movements.people_mobile import e164
from movements.sight import Eye
from movements.unique_id import id_of, id_text


def looking() -> Eye:
    """Return who handles requests: the officer, at the place of departure alone."""
    whole = eye(current_officer())
    sights = tuple(each for each in whole.sights if each.side == "origin")
    names = ("origin", "origin_district")
    scope = {name: whole.scope[name] for name in names if name in whole.scope}
    return replace(whole, sights=sights, scope=scope)


def filed(body: ByOfficer) -> str:
    """File a request of a person who stands before the officer; return its number.

    Raises:
        UnknownPerson: none who departs from the officer's places.
    """
    person, seen = id_of(body.id), looking()
    mobile = e164(body.mobile) if body.mobile else None
    db = connection("officer")
    with db.begin():
        enter(db, **seen.scope)
        found = people.of(db, seen, [person])
        if not found:
            raise UnknownPerson(f"no person {id_text(person)}")
        row = found[0][-1].row
        kept = Kept(row["tenant"], row["origin_state"], row["origin_district"])
        by = current_officer().role
        filing = Filing(person, kept, body.kind, by, body.text, mobile)
        request = own_request.filed(db, filing, keys=vault_keys())
        _noted(db, "request.file", person)
    return own_request.number_text(request)


def answer(request: UUID, given: Answer) -> RowMapping:
    """Answer a request; an erasure that is done erases the person with it.

    Raises:
        UnknownRequest, RequestAnswered: as ``own_request_list.one``.
        StepUpNeeded: somebody would be erased, and the sign-in is not of a moment ago.
    """
    seen = looking()
    db = opened(seen)
    row = one(db, seen.scope, request)
    if row["kind"] == "erasure" and given.outcome == "done":
        db.rollback()
        fresh()
        return _erased(seen, request, given)
    answered(db, row, given)
    _noted(db, f"request.{given.outcome}", row["person_id"])
    db.commit()
    return row


def _erased(seen: Eye, request: UUID, given: Answer) -> RowMapping:
    """Erase and answer in one transaction of the owner: no other login may erase."""
    key: AuditKey = current_app.extensions["audit"]
    db, day = connection("owner"), today()
    with db.begin():
        row = one(db, seen.scope, request)
        person = row["person_id"]
        keys = vault_keys()
        gone = erase(db, person, key=key, keys=keys, who=who(), today=day)
        outlived(db, row, given)
        _noted(db, "request.done", person)
    if gone:
        person_kept(current_app.extensions["settings"].var, person, key=key, day=day)
    return row


def _noted(db: Connection, action: str, person: UUID) -> None:
    key: AuditKey = current_app.extensions["audit"]
    hashed = key.hashed([id_text(person)])
    about = Subject("person", people=hashed)
    written(db, who(), purpose=Purpose.GRIEVANCE, action=action, subject=about)

"""One question for contacts: refused, or counted, answered and written to the log."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from flask import Response, current_app
from sqlalchemy import Connection, RowMapping
from sqlalchemy.exc import OperationalError

from gis_service import epidemic, errors, people_answers
from gis_service.access import current_officer
from gis_service.audit import Purpose, Subject
from gis_service.audit import record as written
from gis_service.audit.purposes import stated
from gis_service.audit.seen import seen, who
from gis_service.db import connection
from gis_service.intake import keys
from gis_service.people_plane import eye, months, today
from gis_service.settings import Settings
from gis_service.trace_bodies import Ask
from layers.errors import BadQuestion
from movements import traces, tracing
from movements.errors import (
    BadParameter,
    NoSuchName,
    SecondApprovalNeeded,
    SeveralPeople,
    TooManyContacts,
    Unsealable,
)
from movements.people_mobile import e164
from movements.people_shown import person_shown
from movements.traces import Counted, Question, names_somebody
from movements.tracing import Contacts, Wanted

# As long as a contact may still fall ill, twice over; and no question for a whole year.
USUAL_DAYS = 28
MOST_DAYS = 92

# What was asked in vain is counted and written all the same: somebody was looked for.
_IN_VAIN = (SeveralPeople, NoSuchName, TooManyContacts, Unsealable)


def answered(body: Ask, purpose: Purpose | None) -> Response:
    """Return a question's answer as the address has it; the rest as ``asked``."""
    told = asked(body, purpose)
    if isinstance(told, Exception):
        # Answered and not raised: what was counted and written is committed.
        return cast("Response", errors.answer(told))
    return people_answers.json(told)


def asked(body: Ask, purpose: Purpose | None) -> dict[str, Any] | Exception:
    """Return whom a question finds, or why nobody, within a view that reads people.

    What is returned was counted and is written, an error too; what is raised was not.

    Raises:
        NoEpidemic: no epidemic is notified.
        NoPurpose: none was stated, or not one of the role's.
        BadParameter, BadQuestion: the body says something that is not allowed.
        UnknownTrace, ApprovalUnusable: of the approval.
    """
    settings: Settings = current_app.extensions["settings"]
    notified = epidemic.demand(settings, today())
    officer = current_officer()
    stated(officer.role, purpose)
    wanted = _wanted(body)
    db = connection("officer")
    question = Question(officer.token_id, body.case_id, today())
    count = traces.counted(
        db, question, quota=settings.trace_quota, approval=body.approval
    )
    if not count.may:
        return _waits(db, count, body, purpose)
    about = Subject("trace", count.id, case_ref=body.case_id)
    vault = keys(current_app.extensions["secrets"])
    try:
        with db.begin_nested():
            found = tracing.contacts(
                db, eye(officer), wanted, months=months(db), keys=vault
            )
    except (*_IN_VAIN, OperationalError) as error:
        if isinstance(error, OperationalError) and not errors.out_of_time(error):
            raise  # the database is away; nothing was counted either
        seen(db, "trace.in_vain", purpose, about)
        return error
    told = _told(found)
    people = [told["person"], *told["co_travellers"]]
    seen(db, "trace", purpose, about, ids=[each["id"] for each in people if each])
    head = {
        "trace": count.id,
        "case_id": body.case_id,
        "epidemic": notified.reference,
        "from": wanted.first,
        "to": wanted.last,
    }
    quota = {"used": count.used, "of": settings.trace_quota}
    return head | told | {"quota": quota}


def _wanted(body: Ask) -> Wanted:
    if names_somebody(body.case_id):
        raise BadParameter(
            "case_id: the health authority's number of the case, with no mobile or"
            " Aadhaar number in it and no mere name; it stays in the log for good"
        )
    last = body.to or today()
    first = body.from_ or last - timedelta(days=USUAL_DAYS - 1)
    if not first <= last < first + timedelta(days=MOST_DAYS):
        allowed = f"`from` to {MOST_DAYS - 1} days after it"
        raise BadQuestion("to", last.isoformat(), allowed)
    return Wanted(e164(body.mobile), body.name, first, last)


def _waits(
    db: Connection, count: Counted, body: Ask, purpose: Purpose | None
) -> Exception:
    about = Subject("trace", count.id, n=0, case_ref=body.case_id)
    seen(db, "trace.wait", purpose, about)
    return SecondApprovalNeeded(count.id, count.state, count.used)


def decided(trace: UUID, *, approve: bool) -> RowMapping:
    """Approve or decline another tracer's question of today, written to the log.

    Raises:
        UnknownTrace, NotYourOwn, TraceDecided: as ``traces.decided``.
    """
    db, by = connection("officer"), current_officer().token_id
    with db.begin():
        row = traces.decided(db, trace, by=by, day=today(), approve=approve)
        about = Subject("trace", trace, n=0, case_ref=row["case_ref"])
        action = "trace.approve" if approve else "trace.decline"
        written(db, who(), purpose=Purpose.TRACE, action=action, subject=about)
    return row


def _told(found: Contacts) -> dict[str, Any]:
    person = person_shown(found.person, found.profiles) if found.person else None
    others = [person_shown(own, found.profiles) for own in found.others]
    return {
        "person": person,
        "co_travellers": others,
        "notes": list(_notes(found)),
    }


def _notes(found: Contacts) -> Iterator[dict[str, Any]]:
    if not found.person:
        yield {
            "code": "nobody",
            "message": "nobody who departed on these days has this mobile as their own",
        }
    for journey in found.apart():
        yield {
            "code": "no_vehicle",
            "movement": journey.row["movement_id"],
            "message": "no coach or bus was recorded of this journey; who else was in"
            " it is not known, and a whole train is not told",
        }

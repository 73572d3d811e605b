"""Corrections and withdrawals: a state changes or takes back whom it has sent."""

import json
from collections.abc import Iterable
from uuid import UUID

from flask import Response, current_app, jsonify, request
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel
from sqlalchemy import Connection

from gis_service import fault_language, intake
from gis_service.access import current_officer, require
from gis_service.audit import Purpose, Subject
from gis_service.audit import record as written
from gis_service.audit.keys import AuditKey
from gis_service.audit.seen import ForPurpose, reads_people, seen, who
from gis_service.correction_bodies import (
    Amendment,
    Changes,
    CorrectedBody,
    RowBody,
    Why,
    WithdrawalBody,
    WithdrawalReceipt,
    WithdrawnBody,
)
from gis_service.db import connection
from gis_service.endpoints.stages import PersonPath, fault_of, people_in
from gis_service.people_plane import eye, opened
from gis_service.policy import Permission
from movements.batch import Upload
from movements.correction import Corrected, corrected
from movements.errors import BatchRefused, JourneyUnderWay, UnknownPerson
from movements.happened import Recorded
from movements.reading import Asked, read
from movements.tombstones import versions
from movements.unique_id import id_of, id_text
from movements.withdrawal import Withdrawal, withdrawn

bp = APIBlueprint(
    "corrections", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="corrections")]
)


@bp.delete("/people/<person>", responses={"200": WithdrawnBody})
@require(Permission.PERSON_CORRECT)
def take_back(path: PersonPath, query: Why) -> Response:
    """Take back a person whom you sent, before the journey has begun.

    Sent again it changes nothing. The same `source_ref` uploaded later gives the same
    unique ID again.
    """
    person = id_of(path.person)
    done = _withdrawn([person], query.reason)
    for fault in done.faults:
        if fault.code == "unknown_person":
            raise UnknownPerson(f"no person {id_text(person)} among those you sent")
        raise JourneyUnderWay(fault.message)
    outcome = "withdrawn" if done.applied else "unchanged"
    return jsonify(id=id_text(person), outcome=outcome)


@bp.post("/withdrawals", responses={"200": WithdrawalReceipt})
@require(Permission.PERSON_CORRECT)
def take_back_many(body: WithdrawalBody) -> Response:
    """Take back people whom you sent, before their journeys have begun.

    Who cannot be taken back is in `faults`; the others are. Sent again it changes
    nothing.
    """
    known, bad = people_in(body.people)
    done = _withdrawn(known, body.reason)
    faults = [*bad, *map(fault_of, done.faults)]
    return jsonify(
        people=done.applied + done.unchanged + len(faults),
        applied=done.applied,
        unchanged=done.unchanged,
        faults=faults,
    )


@bp.put("/people/<person>", responses={"200": CorrectedBody})
@require(Permission.PERSON_CORRECT)
def correct(path: PersonPath, query: Amendment, body: RowBody) -> Response:
    """Replace what you sent of a person by a row as in a batch.

    Checked as a batch's rows are; with a fault nothing changes (`batch_refused`). What
    happened to the journey stays, unless its day, districts or mode change.
    """
    person, spoken = id_of(path.person), fault_language.language(request, query.lang)
    done = _corrected(person, query, _upload(query, body), spoken)
    response = jsonify(
        id=id_text(person),
        outcome="updated" if done.fields else "unchanged",
        changed=done.fields,
        lapsed=done.lapsed,
        ignored=[fault_language.ignored(each, spoken) for each in done.ignored],
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Language"] = spoken
    return response


@bp.get("/people/<person>/corrections", responses={"200": Changes})
@require(Permission.STAGE_READ)
@reads_people
def changes(path: PersonPath, query: ForPurpose) -> Response:
    """Return what was withdrawn or corrected of a person's journeys; no values."""
    person, looking = id_of(path.person), eye(current_officer())
    db = opened(looking)
    rows = versions(db, person, looking=looking)
    about = Subject("person")
    seen(db, "person.corrections", query.purpose, about, ids=[id_text(person)])
    listed = [{**row, "at": row["at"].isoformat()} for row in rows]
    response = jsonify(id=id_text(person), changes=listed)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _withdrawn(people: list[UUID], reason: str | None) -> Recorded:
    db, tenant = connection("upload"), current_officer().tenant or 0
    with db.begin():
        done = withdrawn(db, Withdrawal(tenant, tuple(people), reason))
        if done.applied:
            gone = set(people) - {each.person for each in done.faults}
            _noted(db, "person.withdraw", gone)
    return done


def _corrected(
    person: UUID, query: Amendment, upload: Upload, spoken: str
) -> Corrected:
    db = connection("upload")
    try:
        with db.begin():
            done = corrected(db, upload, person, travel_date=query.travel_date)
            if done.fields:
                _noted(db, "person.correct", [person])
            return done
    except BatchRefused as refused:
        told = fault_language.body(refused.receipt, spoken)
        raise BatchRefused(told) from refused


def _upload(query: Amendment, body: BaseModel) -> Upload:
    row = body.model_dump(exclude_unset=True)
    tenant = current_officer().tenant or 0
    return Upload(
        sheet=read(json.dumps([row]).encode(), Asked(media="application/json")),
        terms=intake.terms(current_app.extensions["settings"], tenant),
        keys=intake.keys(current_app.extensions["secrets"]),
        atomic=True,
        accept_route_gap=query.accept_route_gap,
    )


def _noted(db: Connection, action: str, people: Iterable[UUID]) -> None:
    """Write who changed whom, in the same transaction."""
    key: AuditKey = current_app.extensions["audit"]
    written(
        db,
        who(),
        purpose=Purpose.OWN_BATCH,
        action=action,
        subject=Subject("person", people=key.hashed(map(id_text, people))),
    )

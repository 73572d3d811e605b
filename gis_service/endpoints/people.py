"""/api/v1/people: persons with the journeys that the reader sees, and look-ups."""

from flask import Response, current_app, request
from flask_openapi3 import APIBlueprint, Tag

from gis_service import people_answers, people_asked, people_gone, people_reveal
from gis_service.access import current_officer, require, require_fresh
from gis_service.answers import tag
from gis_service.audit import Subject
from gis_service.audit.seen import ForPurpose, reads_people, seen
from gis_service.db import connection
from gis_service.endpoints.stages import PersonPath
from gis_service.intake import keys
from gis_service.people_bodies import (
    Find,
    Found,
    Listed,
    Person,
    PersonList,
    Reveal,
    Revealed,
)
from gis_service.people_plane import eye, months, opened, opened_to_find
from gis_service.policy import Permission
from gis_service.rates import limited
from movements import people
from movements.errors import BadParameter
from movements.journal_place import place
from movements.keys import Keys
from movements.people_mobile import e164
from movements.people_profiles import Sealed
from movements.people_shown import lines, person_shown
from movements.unique_id import id_of, id_text

bp = APIBlueprint(
    "people", __name__, url_prefix="/api/v1/people", abp_tags=[Tag(name="people")]
)


@bp.get("", responses={"200": PersonList})
@require(Permission.PERSON_READ)
@reads_people
def listed(query: Listed) -> Response:
    """Return the people whom you see, each with the journeys that you see of them.

    In order of the first of their journeys that is asked for; `limit` counts journeys,
    so that a page may have fewer people.
    """
    people_asked.refuse_stale(query)
    looking = eye(current_officer())
    wanted, limit = people_asked.wanted(query), people_asked.limit(query)
    after = place(query.after) if query.after else None
    db = opened(looking)
    page = people.page(db, looking, wanted, after=after, limit=limit)
    every = [journey for own in page.people for journey in own]
    profiles = people.known(db, every, keys=_keys())
    rows = [person_shown(own, profiles) for own in page.people]
    ids = [row["id"] for row in rows]
    seen(db, "person.list", query.purpose, Subject("person"), ids=ids)
    further = people_answers.further("people", query, page.next)
    if query.f == "csv":
        flat = (line for row in rows for line in lines(row))
        return people_answers.table(flat, looking, name="people", further=further)
    return people_answers.json({"people": rows, "next": further})


@bp.get("/<person>", responses={"200": Person})
@require(Permission.PERSON_READ)
@reads_people
def one(path: PersonPath, query: ForPurpose) -> Response:
    """Return a person with the journeys that you see; `ETag` tells one state of both.

    410 says that the person was withdrawn, or erased, to those who could see them.
    """
    person = id_of(path.person)
    looking = eye(current_officer())
    db = opened(looking)
    found = people.of(db, looking, [person])
    if not found:
        people_gone.refuse(db, looking, person)
    profiles = people.known(db, found[0], keys=_keys())
    seen(db, "person.read", query.purpose, Subject("person"), ids=[id_text(person)])
    response = people_answers.json(person_shown(found[0], profiles))
    response.set_etag(tag(response.get_data(as_text=True)))
    response.make_conditional(request)
    return response


@bp.post("/find", responses={"200": Found})
@require(Permission.PERSON_FIND)
@limited("lookup")
@reads_people
def find(query: ForPurpose, body: Find) -> Response:
    """Return whom you see of the people with a mobile or a unique ID.

    By mobile those whose mobile you are shown. Nobody, and people of others, are the
    same empty list.
    """
    if (body.mobile is None) == (body.id is None):
        raise BadParameter("send mobile or id, and one of them alone")
    looking = eye(current_officer())
    mobile = body.mobile and e164(body.mobile)
    db = opened_to_find(looking)
    sealed: Sealed = {}
    if mobile:
        found, sealed = people.with_mobile(
            db, looking, mobile, months=months(db), keys=_keys()
        )
    else:
        found = people.of(db, looking, [id_of(body.id or "")])
    every = [journey for own in found for journey in own]
    profiles = people.known(db, every, keys=_keys(), sealed=sealed)
    ids = [id_text(own[0].person) for own in found]
    seen(db, "person.find", query.purpose, Subject("person"), ids=ids)
    return people_answers.json({"people": [person_shown(o, profiles) for o in found]})


@bp.post("/<person>/reveal", responses={"200": Revealed})
@require(Permission.PERSON_REVEAL)
@require_fresh
@limited("reveal")
@reads_people
def reveal(path: PersonPath, query: ForPurpose, body: Reveal) -> Response:
    """Return a masked field of a person whole; it needs a sign-in of a moment ago."""
    person = id_of(path.person)
    looking = eye(current_officer())
    db = opened(looking)
    found = people.of(db, looking, [person])
    if not found:
        people_gone.refuse(db, looking, person)
    people_reveal.refuse_bare(body.field, found[0])
    number = people_reveal.aadhaar(db, connection("vault"), found[0], query.purpose)
    return people_answers.json(
        {"id": id_text(person), "field": body.field, "value": number}
    )


def _keys() -> Keys:
    return keys(current_app.extensions["secrets"])

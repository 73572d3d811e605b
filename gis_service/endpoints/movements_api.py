"""/api/v1/movements: journeys that the reader sees, each field by policy."""

from flask import Response, current_app
from flask_openapi3 import APIBlueprint, Tag

from gis_service import people_answers, people_asked
from gis_service.access import current_officer, require
from gis_service.audit import Subject
from gis_service.audit.seen import ForPurpose, reads_people, seen
from gis_service.intake import keys
from gis_service.people_bodies import JourneyPath, Listed, Movement, MovementList
from gis_service.people_plane import eye, opened
from gis_service.policy import Permission
from movements import journal
from movements.errors import UnknownJourney
from movements.journal_place import place
from movements.people import known
from movements.people_shown import shown
from movements.unique_id import id_text

bp = APIBlueprint(
    "movements", __name__, url_prefix="/api/v1/movements", abp_tags=[Tag(name="people")]
)


@bp.get("", responses={"200": MovementList})
@require(Permission.PERSON_READ)
@reads_people
def listed(query: Listed) -> Response:
    """Return the journeys that you see, in order of travel, page by page.

    A filter keeps to journeys of which you are shown what it asks for.
    """
    people_asked.refuse_stale(query)
    looking = eye(current_officer())
    wanted, limit = people_asked.wanted(query), people_asked.limit(query)
    after = place(query.after) if query.after else None
    db = opened(looking)
    page = journal.page(db, looking, wanted, after=after, limit=limit)
    profiles = known(db, page.journeys, keys=keys(current_app.extensions["secrets"]))
    ids = {id_text(each.person) for each in page.journeys}
    seen(db, "movement.list", query.purpose, Subject("person"), ids=sorted(ids))
    rows = [shown(each, profiles) for each in page.journeys]
    further = people_answers.further("movements", query, page.next)
    if query.f == "csv":
        return people_answers.table(rows, looking, name="movements", further=further)
    return people_answers.json({"movements": rows, "next": further})


@bp.get("/<movement_id>", responses={"200": Movement})
@require(Permission.PERSON_READ)
@reads_people
def one(path: JourneyPath, query: ForPurpose) -> Response:
    """Return one journey, if you see it."""
    looking = eye(current_officer())
    db = opened(looking)
    found = journal.journey(db, looking, path.movement_id)
    if found is None:
        raise UnknownJourney(f"no journey {path.movement_id}")
    profiles = known(db, [found], keys=keys(current_app.extensions["secrets"]))
    person = id_text(found.person)
    seen(db, "movement.read", query.purpose, Subject("person"), ids=[person])
    return people_answers.json(shown(found, profiles))

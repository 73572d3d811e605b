"""/api/v1/own: what a person asks of their own data, by unique ID and mobile."""

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from gis_service import own_access, people_answers
from gis_service.access import public
from gis_service.audit.seen import reads_people
from gis_service.own_bodies import (
    Asking,
    Own,
    OwnData,
    Receipt,
    RequestTold,
    Standing,
)
from gis_service.rates import limited

bp = APIBlueprint(
    "own_data", __name__, url_prefix="/api/v1/own", abp_tags=[Tag(name="own data")]
)

ACCEPTED = 202


@bp.post("/access", responses={"200": OwnData})
@public
@limited("person_request")
@reads_people
def access(body: Own) -> Response:
    """Return what is held of you, masked, and who saw it.

    404 `unknown_person` in every other case: unknown ID, another mobile, a borrowed
    one, none at all, or nobody in view any more. Values whole, corrections and erasure
    are for an officer: file a request.
    """
    return people_answers.json(own_access.told(body))


@bp.post("/requests", responses={str(ACCEPTED): Receipt})
@public
@limited("person_request")
def file(body: Asking) -> Response:
    """File a request for access, correction or erasure; an officer answers it."""
    number = own_access.filed(body)
    answer = people_answers.json({"number": number, "kind": body.kind, "state": "open"})
    answer.status_code = ACCEPTED
    return answer


@bp.post("/requests/state", responses={"200": RequestTold})
@public
@limited("person_request")
def state(body: Standing) -> Response:
    """Return what became of a request, by its number and the mobile."""
    told = own_access.standing(body)
    return people_answers.json(
        {
            "number": body.number,
            "kind": told.kind,
            "state": told.state,
            "filed_at": told.filed_at,
            "answered_at": told.answered_at,
            "answer": told.answer,
        }
    )

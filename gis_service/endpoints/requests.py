"""/api/v1/requests: officers handle what people ask of their own data."""

from urllib.parse import urlencode

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from gis_service import own_handling, people_answers, requests_told
from gis_service.access import current_officer, require
from gis_service.address import root
from gis_service.audit.seen import ForPurpose, reads_people
from gis_service.own_bodies import (
    Answered,
    AnswerReceipt,
    ByOfficer,
    NumberPath,
    OneRequest,
    Receipt,
    RequestList,
    Wanted,
)
from gis_service.policy import Permission
from movements.own_request import number_of, number_text
from movements.own_request_list import Answer
from movements.unique_id import id_text

bp = APIBlueprint(
    "requests", __name__, url_prefix="/api/v1/requests", abp_tags=[Tag(name="own data")]
)

CREATED = 201


@bp.get("", responses={"200": RequestList})
@require(Permission.REQUEST_READ)
@reads_people
def every(query: Wanted) -> Response:
    """Return requests of people who depart from your places, the oldest first."""
    found = requests_told.told(query)
    more = _next(found.next, query) if found.next else None
    return people_answers.json({"requests": found.requests, "next": more})


@bp.get("/<number>", responses={"200": OneRequest})
@require(Permission.REQUEST_READ)
@reads_people
def one(path: NumberPath, query: ForPurpose) -> Response:
    """Return one request, open or answered."""
    return people_answers.json(requests_told.one(path.number, purpose=query.purpose))


@bp.post("", responses={str(CREATED): Receipt})
@require(Permission.REQUEST_ANSWER)
def file(body: ByOfficer) -> Response:
    """File a request of a person who stands before you; you have checked who it is."""
    number = own_handling.filed(body)
    answer = people_answers.json({"number": number, "kind": body.kind, "state": "open"})
    answer.status_code = CREATED
    return answer


@bp.post("/<number>/answer", responses={"200": AnswerReceipt})
@require(Permission.REQUEST_ANSWER)
def answer(path: NumberPath, body: Answered) -> Response:
    """Answer a request.

    An erasure that is `done` erases the person in the same transaction, and needs a
    fresh sign-in. A correction is made by the state that uploaded the person, at
    `links.correct`; answer `done` once it is.
    """
    request = number_of(path.number)
    given = Answer(body.outcome, body.reason, current_officer().role)
    row = own_handling.answer(request, given)
    links = {}
    if row["kind"] == "correction":
        links["correct"] = f"{root()}/api/v1/people/{id_text(row['person_id'])}"
    return people_answers.json(
        {"number": number_text(request), "state": body.outcome, "links": links}
    )


def _next(after: str, query: Wanted) -> str:
    asked = {"state": query.state, "limit": query.limit, "after": after}
    return f"{root()}/api/v1/requests?{urlencode(asked)}{query.again()}"

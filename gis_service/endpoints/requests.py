"""/api/v1/requests: officers handle what people ask of their own data."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field
from sqlalchemy import RowMapping

from gis_service import own_handling, people_answers
from gis_service.access import current_officer, require
from gis_service.address import root
from gis_service.audit import Subject
from gis_service.audit.seen import ForPurpose, reads_people, seen
from gis_service.endpoints.stages import LONGEST_ID
from gis_service.own_access import vault_keys
from gis_service.own_bodies import (
    Answered,
    AnswerReceipt,
    ByOfficer,
    NumberPath,
    Receipt,
    RequestList,
    State,
)
from gis_service.people_plane import opened
from gis_service.policy import Permission
from movements.own_request import number_of, number_text
from movements.own_request_list import Answer, listed, text_of
from movements.unique_id import id_text

bp = APIBlueprint(
    "requests", __name__, url_prefix="/api/v1/requests", abp_tags=[Tag(name="own data")]
)

MOST, USUAL = 500, 100
CREATED = 201
_PLAIN = ("kind", "state", "filed_at", "filed_by", "answered_at", "answer")


class Wanted(ForPurpose):
    """Which requests."""

    state: State = "open"
    after: str | None = Field(
        None, max_length=LONGEST_ID, description="number of the last one before"
    )
    limit: int = Field(USUAL, ge=1, le=MOST)


@bp.get("", responses={"200": RequestList})
@require(Permission.REQUEST_READ)
@reads_people
def every(query: Wanted) -> Response:
    """Return requests of people who depart from your places, the oldest first."""
    looking = own_handling.looking()
    after = number_of(query.after) if query.after else None
    db = opened(looking)
    rows = listed(
        db, looking.scope, state=query.state, after=after, limit=query.limit + 1
    )
    page = rows[: query.limit]
    bodies = [_body(row) for row in page]
    ids = [each["id"] for each in bodies if each["id"]]
    seen(db, "request.list", query.purpose, Subject("person"), ids=ids)
    more = _next(page[-1], query) if len(rows) > query.limit else None
    return people_answers.json({"requests": bodies, "next": more})


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


def _body(row: RowMapping) -> dict[str, Any]:
    person: UUID | None = row["person_id"]
    return {
        "number": number_text(row["request_id"]),
        "id": id_text(person) if person else None,
        **{name: row[name] for name in _PLAIN},
        "text": text_of(row, keys=vault_keys()),
    }


def _next(last: RowMapping, query: Wanted) -> str:
    after = number_text(last["request_id"])
    asked = {"state": query.state, "limit": query.limit, "after": after}
    return f"{root()}/api/v1/requests?{urlencode(asked)}{query.again()}"

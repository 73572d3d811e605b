"""/requests: officers of the place of departure answer what people ask."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from pydantic import ValidationError

from gis_service import own_handling, people_answers, requests_told
from gis_service.access import StepUpNeeded, current_officer, fresh, require
from gis_service.audit.purposes import Purpose
from gis_service.audit.seen import reads_people
from gis_service.own_bodies import Answered, Wanted
from gis_service.policy import Permission
from gis_service.web import officer_pages, requests_page
from gis_service.web.language import say
from gis_service.web.page import page
from movements.errors import BadParameter, RequestAnswered, UnknownRequest, Unsealable
from movements.own_request import number_of
from movements.own_request_list import Answer

bp = Blueprint("request_pages", __name__, template_folder="../web/templates")
officer_pages.install(bp, refused="requests_not_yours")

# What whoever opens the pages opens them for.
PURPOSE = Purpose.GRIEVANCE
LISTED = 50
_ASKED = ("state", "after")


@bp.get("/requests")
@require(Permission.REQUEST_READ)
def every() -> Response:
    """Return the page of requests of the officer's places, the oldest first."""
    given = {name: request.args[name] for name in _ASKED if name in request.args}
    try:
        return _list(query=_wanted(given))
    except (ValidationError, BadParameter, UnknownRequest):
        answer = _list(query=_wanted({}), fault=say("requests_bad_page"))
        answer.status_code = 422
        return answer


@bp.get("/requests/<number>")
@require(Permission.REQUEST_READ)
def one(number: str) -> Response:
    """Return the page of one request, with the forms to answer it while it is open."""
    return _one(number=number)


@bp.post("/requests/<number>")
@require(Permission.REQUEST_ANSWER)
def answered(number: str) -> Response:
    """Answer a request as the form says, and lead back to its page."""
    found = number_of(number)
    try:
        told = _answer()
        if told.outcome == "done" and "checked" not in request.form:
            return _one(number=number, fault="requests_unchecked", status=422)
        role = current_officer().role
        own_handling.answer(found, Answer(told.outcome, told.reason, role))
    except ValidationError:
        return _one(number=number, fault="requests_bad_reason", status=422)
    except RequestAnswered:
        return _one(number=number, fault="requests_twice", status=409)
    return officer_pages.see_other(url_for("request_pages.one", number=number))


@bp.errorhandler(UnknownRequest)
def unknown(_error: UnknownRequest) -> Response:
    """Say that there is no such request, or that it is another place's."""
    return officer_pages.told(404, "unknown_title", "requests_unknown")


@bp.errorhandler(Unsealable)
def shut(_error: Unsealable) -> Response:
    """Say that what was written cannot be opened."""
    return officer_pages.told(503, "requests_shut_title", "requests_shut")


@reads_people
def _list(*, query: Wanted, fault: str | None = None) -> Response:
    found = requests_told.told(query)
    answer = page(
        "requests.html",
        **requests_page.listed(
            found.requests, state=query.state, officer=current_officer()
        ),
        fault=fault,
        after=query.after,
        next=found.next,
    )
    return people_answers.private(answer)


@reads_people
def _one(*, number: str, fault: str | None = None, status: int = 200) -> Response:
    body = requests_told.one(number, purpose=PURPOSE)
    answer = page(
        "request.html",
        asked=requests_page.shown(body),
        held=_held(body),
        fault=say(fault) if fault else None,
        typed={name: request.form.get(name, "") for name in ("outcome", "reason")},
        sign_in=_sign_in(body),
        is_new="filed" in request.args,
    )
    answer.status_code = status
    return people_answers.private(answer)


def _held(body: dict[str, Any]) -> dict[str, Any] | None:
    """Return the person in words, of an open request: nobody else needs to be seen."""
    if body["state"] != "open":
        return None
    person = requests_told.held(body["id"], purpose=PURPOSE)
    return requests_page.person(person) if person else None


def _sign_in(body: dict[str, Any]) -> str | None:
    """Return where to sign in again, where an erasure needs it first."""
    if body["kind"] != "erasure" or body["state"] != "open":
        return None
    try:
        fresh()
    except StepUpNeeded:
        back = url_for("request_pages.one", number=body["number"])
        return url_for("sign_in.again", next=back)
    return None


def _answer() -> Answered:
    given = {name: request.form.get(name, "").strip() for name in ("outcome", "reason")}
    return Answered.model_validate(given)


def _wanted(given: dict[str, str]) -> Wanted:
    return Wanted.model_validate({**given, "purpose": PURPOSE, "limit": LISTED})

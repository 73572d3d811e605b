"""/traces: a tracer asks for contacts, and decides about another's question."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request, url_for
from pydantic import ValidationError

from gis_service import epidemic, people_answers, tracing
from gis_service.access import StepUpNeeded, fresh, require, require_fresh
from gis_service.audit.purposes import Purpose
from gis_service.audit.seen import reads_people
from gis_service.policy import Permission
from gis_service.rates import TooManyRequests, limited
from gis_service.trace_bodies import Ask
from gis_service.web import officer_pages, trace_page
from gis_service.web.language import say
from gis_service.web.page import page
from layers.errors import BadQuestion
from movements import errors as movements

bp = Blueprint("trace_pages", __name__, template_folder="../web/templates")
officer_pages.install(bp, refused="traces_refused")

# What whoever opens the page asks for.
PURPOSE = Purpose.TRACE
_FIELDS = ("mobile", "case_id", "name", "approval", "from", "to")

_SAID = {"approve": True, "decline": False}

# What can be wrong with a question, in the words of the page, and its status.
_FAULTS: Mapping[type[Exception], tuple[str, int]] = {
    epidemic.NoEpidemic: ("traces_no_epidemic", 403),
    BadQuestion: ("traces_bad_days", 422),
    movements.BadParameter: ("traces_bad_number", 422),
    movements.UnknownTrace: ("traces_bad_approval", 404),
    movements.ApprovalUnusable: ("traces_bad_approval", 409),
    movements.SeveralPeople: ("traces_several", 409),
    movements.NoSuchName: ("traces_name_differs", 409),
    movements.TooManyContacts: ("traces_too_many", 422),
    movements.SecondApprovalNeeded: ("traces_wait", 403),
    movements.Unsealable: ("traces_shut", 503),
}


@bp.get("/traces")
@require(Permission.TRACE_READ)
def form() -> Response:
    """Return the form, and the questions of others that wait."""
    return _page(typed={})


@bp.post("/traces")
@require(Permission.TRACE_READ)
@require_fresh
@limited("lookup")
def asked() -> Response:
    """Return whom a question finds, or what is wrong with it."""
    typed = {name: request.form.get(name, "").strip() for name in _FIELDS}
    given = {name: value for name, value in typed.items() if value}
    try:
        body = Ask.model_validate(given)
    except ValidationError as error:
        first = str((error.errors()[0]["loc"] or ("mobile",))[0])
        return _page(typed=typed, fault=say(f"traces_bad_{first}"), status=422)
    try:
        return _answered(body=body, typed=typed)
    except tuple(_FAULTS) as error:
        return _wrong(error, typed)


@bp.get("/traces/<uuid:trace>")
@require(Permission.TRACE_APPROVE)
def to_the_list(trace: UUID) -> Response:  # noqa: ARG001 - of the address
    """Lead to the list: signing in again comes back here."""
    return officer_pages.see_other(url_for("trace_pages.form"))


@bp.post("/traces/<uuid:trace>")
@require(Permission.TRACE_APPROVE)
@require_fresh
def decided(trace: UUID) -> Response:
    """Approve or decline another tracer's question, and lead back to the list."""
    try:
        said = request.form.get("say")
        if said not in _SAID:
            return _page(typed={}, fault=say("traces_say_which"), status=422)
        tracing.decided(trace, approve=_SAID[said])
    except (movements.NotYourOwn, movements.TraceDecided, movements.UnknownTrace):
        return _page(typed={}, fault=say("traces_decided_already"), status=409)
    return officer_pages.see_other(url_for("trace_pages.form"))


@bp.errorhandler(TooManyRequests)
def too_many(error: TooManyRequests) -> Response:
    """Say how long to wait."""
    minutes = str(-(-error.seconds // 60))
    answer = _page(typed={}, fault=say("own_wait", minutes=minutes), status=429)
    answer.headers["Retry-After"] = str(error.seconds)
    return answer


@reads_people
def _answered(*, body: Ask, typed: Mapping[str, str]) -> Response:
    found = tracing.asked(body, PURPOSE)
    if isinstance(found, Exception):
        # Answered and not raised: what was counted and written is committed.
        return _wrong(found, typed)
    kept = {"case_id": typed["case_id"]}
    return _page(typed=kept, found=trace_page.found(found))


def _wrong(error: Exception, typed: Mapping[str, str]) -> Response:
    if isinstance(error, movements.SecondApprovalNeeded) and error.state == "approved":
        chosen = {**typed, "approval": str(error.trace)}
        return _page(typed=chosen, fault=say("traces_choose"), status=403)
    kind = next((each for each in type(error).__mro__ if each in _FAULTS), None)
    key, status = _FAULTS[kind] if kind else ("traces_slow", 503)
    return _page(typed=typed, fault=say(key), status=status)


def _page(*, typed: Mapping[str, str], status: int = 200, **told: Any) -> Response:  # noqa: ANN401 - a template's values
    answer = page(
        "traces.html",
        typed=typed,
        sign_in=_sign_in(),
        **{"fault": None, "found": None} | told,
        **trace_page.values(),
    )
    answer.status_code = status
    return people_answers.private(answer)


def _sign_in() -> str | None:
    """Return where to sign in again, where that is needed before asking."""
    try:
        fresh()
    except StepUpNeeded:
        return url_for("sign_in.again", next=url_for("trace_pages.form"))
    return None

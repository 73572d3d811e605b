"""/own-data: the form by which a person asks of their own data; no script needed."""

from collections.abc import Mapping
from typing import TypeVar

from flask import Blueprint, Response, request
from pydantic import BaseModel, ValidationError

from gis_service import csrf, own_access
from gis_service.access import public
from gis_service.audit.seen import reads_people
from gis_service.own_bodies import Asking, Own, Standing
from gis_service.rates import TooManyRequests, limited
from gis_service.web import language, own_page
from gis_service.web.page import page
from movements.errors import (
    BadParameter,
    BadUniqueId,
    UnknownPerson,
    UnknownRequest,
)

Body = TypeVar("Body", bound=BaseModel)

bp = Blueprint("own_pages", __name__, template_folder="../web/templates")

# What can be wrong with a form, in the words of the page.
_FAULTS: Mapping[type[Exception], str] = {
    ValidationError: "own_bad_text",
    BadUniqueId: "own_bad_id",
    BadParameter: "own_bad_mobile",
    UnknownPerson: "own_unknown",
    UnknownRequest: "own_unknown_request",
}


@bp.get("/own-data")
@public
def form() -> Response:
    """Return the form."""
    return _page()


@bp.post("/own-data")
@public
@limited("person_request")
def asked() -> Response:
    """Return what the form asks for, or what is wrong with it."""
    if not csrf.is_ours(request.form.get(csrf.FIELD, "")):
        return _page(fault="elsewhere", status=403)
    try:
        return _answer(request.form.get("want", ""))
    except tuple(_FAULTS) as error:
        key = next(_FAULTS[kind] for kind in type(error).__mro__ if kind in _FAULTS)
        unknown = isinstance(error, UnknownPerson | UnknownRequest)
        return _page(fault=key, status=404 if unknown else 422)


@bp.errorhandler(TooManyRequests)
def too_many(error: TooManyRequests) -> Response:
    """Return the page that says how long to wait."""
    minutes = str(-(-error.seconds // 60))
    answer = _page(fault="own_wait", status=429, minutes=minutes)
    answer.headers["Retry-After"] = str(error.seconds)
    return answer


def _answer(want: str) -> Response:
    if want == "state":
        told = own_access.standing(_read(Standing, "number", "mobile"))
        return _page(standing=own_page.standing(told))
    if want == "seen":
        return _held(own=_read(Own, "id", "mobile"))
    body = _read(Asking, "id", "mobile", "text", kind=want)
    return _page(number=own_access.filed(body), kind=body.kind)


@reads_people
def _held(*, own: Own) -> Response:
    return _page(held=own_page.held(own_access.told(own)))


def _read(form: type[Body], /, *names: str, **more: str) -> Body:
    # A browser ends lines by CR and LF; a text that is empty was not written.
    given = {each: request.form.get(each, "").replace("\r\n", "\n") for each in names}
    sent = {name: value.strip() for name, value in given.items()}
    return form.model_validate(
        {name: value for name, value in sent.items() if value or name != "text"} | more
    )


def _page(
    *, fault: str | None = None, status: int = 200, minutes: str = "", **told: object
) -> Response:
    """Return the page, with what was typed but the text; nothing of it is kept."""
    answer = page(
        "own_data.html",
        fault=language.say(fault, minutes=minutes) if fault else None,
        typed={name: request.form.get(name, "") for name in ("id", "mobile", "number")},
        want=request.form.get("want", "seen"),
        text=request.form.get("text", "") if fault else "",
        **told,
    )
    answer.status_code = status
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

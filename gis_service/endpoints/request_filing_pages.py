"""/requests/new: an officer files a request of a person who stands before them."""

from flask import Blueprint, Response, request, url_for
from pydantic import ValidationError

from gis_service import own_handling, people_answers
from gis_service.access import require
from gis_service.own_bodies import ByOfficer
from gis_service.policy import Permission
from gis_service.web import officer_pages
from gis_service.web.language import say
from gis_service.web.page import page
from movements.errors import BadParameter, BadUniqueId, UnknownPerson

bp = Blueprint("request_filing_pages", __name__, template_folder="../web/templates")
officer_pages.install(bp, refused="requests_not_yours")

_FIELDS = ("id", "kind", "text", "mobile")


@bp.get("/requests/new")
@require(Permission.REQUEST_ANSWER)
def form() -> Response:
    """Return the form."""
    return _form()


@bp.post("/requests/new")
@require(Permission.REQUEST_ANSWER)
def filed() -> Response:
    """File what the form says, and lead to the request; or say what is wrong."""
    try:
        number = own_handling.filed(_read())
    except ValidationError:
        return _form("own_bad_text", status=422)
    except BadUniqueId:
        return _form("own_bad_id", status=422)
    except BadParameter:
        return _form("own_bad_mobile", status=422)
    except UnknownPerson:
        return _form("requests_nobody", status=404)
    return officer_pages.see_other(
        url_for("request_pages.one", number=number, filed="1")
    )


def _form(fault: str | None = None, *, status: int = 200) -> Response:
    answer = page(
        "request_filing.html",
        fault=say(fault) if fault else None,
        typed={name: request.form.get(name, "") for name in _FIELDS},
    )
    answer.status_code = status
    return people_answers.private(answer)


def _read() -> ByOfficer:
    # A browser ends lines by CR and LF; what is empty was not written.
    given = {each: request.form.get(each, "").replace("\r\n", "\n") for each in _FIELDS}
    sent = {name: value.strip() for name, value in given.items()}
    return ByOfficer.model_validate(
        {name: value for name, value in sent.items() if value}
    )

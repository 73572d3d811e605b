"""/arrivals: the first screen of the officers at a destination, a day at a time."""

from datetime import date, timedelta
from typing import cast

from flask import Blueprint, Response, redirect, request, url_for

from gis_service import arrivals_told, people_answers
from gis_service.access import Officer, StepUpNeeded, fresh, public, signed_in
from gis_service.audit.purposes import Purpose
from gis_service.audit.seen import reads_people
from gis_service.web import arrivals_page
from gis_service.web.language import say
from gis_service.web.page import page, sees_arrivals

bp = Blueprint("arrival_pages", __name__, template_folder="../web/templates")

# What whoever opens the page opens it for.
PURPOSE = Purpose.RECEPTION
LISTED = 100


@bp.get("/arrivals")
@public
def arrivals() -> Response:
    """Return the page of a day's arrivals at the reader's places.

    Whoever is not signed in is asked to; who may not see it is told so in words.
    """
    officer = signed_in()
    if officer is None or not sees_arrivals(officer):
        return _to_others(officer)
    day, fault = _day()
    answer = _page(officer=officer, day=day, fault=fault)
    answer.status_code = 422 if fault else 200
    return answer


@bp.get("/arrivals.csv")
@public
def table() -> Response:
    """Return a day's arrivals as a table, after a sign-in of a moment ago."""
    officer = signed_in()
    if officer is None or not sees_arrivals(officer):
        return _to_others(officer)
    day, fault = _day()
    if fault:
        return _page(officer=officer, day=day, fault=fault)
    try:
        fresh()
    except StepUpNeeded as needed:
        return _to(needed.sign_in)
    return _table(officer=officer, day=day)


@reads_people
def _page(*, officer: Officer, day: date, fault: str | None) -> Response:
    told = arrivals_told.told(officer, day, purpose=PURPOSE, limit=LISTED)
    one = timedelta(days=1)
    answer = page(
        "arrivals.html",
        **arrivals_page.values(told, officer),
        fault=fault,
        day=day,
        before=day - one if day > date.min else None,
        after=day + one if day < date.max else None,
        map=arrivals_told.links(officer, day, PURPOSE)["map"],
    )
    return people_answers.private(answer)


@reads_people
def _table(*, officer: Officer, day: date) -> Response:
    return arrivals_told.table(officer, day, purpose=PURPOSE)


def _day() -> tuple[date, str | None]:
    """Return the day asked for, or tomorrow and what is wrong with what was asked."""
    asked = request.args.get("day", "").strip()
    otherwise = arrivals_told.tomorrow()
    if not asked:
        return otherwise, None
    try:
        return date.fromisoformat(asked), None
    except ValueError:
        return otherwise, say("arrivals_bad_day", day=asked[:20])


def _to_others(officer: Officer | None) -> Response:
    if officer is None:
        return _to(url_for("sign_in.form", next=request.full_path.rstrip("?")))
    answer = page("told.html", title=say("refused_title"), text=say("arrivals_refused"))
    answer.status_code = 403
    return answer


def _to(target: str) -> Response:
    response = redirect(target, 303, Response=Response)
    response.headers["Cache-Control"] = "no-store"
    return cast("Response", response)

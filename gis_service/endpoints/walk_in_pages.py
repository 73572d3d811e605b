"""/arrivals/new: a desk registers who arrived on no list, one after the other."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
from flask import Blueprint, Response, request
from pydantic import ValidationError

from gis_service import events_said, people_answers, walk_in_doubles, walk_ins
from gis_service.access import current_officer, require
from gis_service.audit.seen import reads_people
from gis_service.policy import Permission
from gis_service.walk_in_bodies import Registering
from gis_service.web import officer_pages, walk_in_form
from gis_service.web.language import say
from gis_service.web.page import page
from movements.errors import (
    BadParameter,
    BadUniqueId,
    GoneMeanwhile,
    IdempotencyMismatch,
    Sunset,
    UploadInFlight,
)
from movements.happened import Happened
from movements.people_mobile import e164
from movements.sheet import of_records
from movements.unique_id import id_of

bp = Blueprint("walk_in_pages", __name__, template_folder="../web/templates")
officer_pages.install(bp, refused="arrivals_refused")

NOBODY, CONFLICT, UNPROCESSABLE = 204, 409, 422
_LONGEST_FORM_ID = 40


@bp.get("/arrivals/new")
@require(Permission.ARRIVAL_CREATE)
def form() -> Response:
    """Return the form."""
    return _page(given={})


@bp.post("/arrivals/new")
@require(Permission.ARRIVAL_CREATE)
def registered() -> Response:
    """Register who is typed; or confirm somebody on a list, or ask whether it is.

    Sent twice, by a second click or a reload, it has one effect.
    """
    given = walk_in_form.typed()
    if "listed" in request.form:
        return _confirmed(given)
    if "anyway" not in request.form and _is_mobile(given.get("mobile", "")):
        found = _on_lists(given=given)
        if found.status_code == CONFLICT:
            return found
    return _registered(given)


def _registered(given: Mapping[str, str]) -> Response:
    try:
        told = _told(given)
    except ValidationError:
        wrong = {"train_number": say("walk_in_bad_train")}
        return _page(given=given, faults=wrong, status=UNPROCESSABLE)
    except BadParameter:
        wrong = {"vehicle": say("walk_in_bad_vehicle")}
        return _page(given=given, faults=wrong, status=UNPROCESSABLE)
    except IdempotencyMismatch:
        return _page(given=given, fault=say("walk_in_twice"), status=CONFLICT)
    if not told.ids:
        wrong = walk_in_form.faults(told.receipt.faults)
        return _page(given=given, faults=wrong, status=UNPROCESSABLE)
    (_, person), *_ = told.ids
    done = {"id": person, "words": say("walk_in_done")}
    return _page(given=walk_in_form.next_one(given), done=done, status=201)


def _told(given: Mapping[str, str]) -> walk_ins.Told:
    officer = current_officer()
    return walk_ins.registered(
        of_records([walk_in_form.person(given, officer)]),
        manner=Registering.model_validate(walk_in_form.ride(given)),
        key=f"walk-in page {officer.token_id} {_form_id()}",
        digest=hashlib.sha256(orjson.dumps(given)).digest(),
    )


@bp.errorhandler(Sunset)
def over(_error: Sunset) -> Response:
    """Say that nobody is registered any more."""
    return officer_pages.told(410, "nothing_done_title", "walk_in_over")


@bp.errorhandler(UploadInFlight)
@bp.errorhandler(GoneMeanwhile)
def meanwhile(_error: Exception) -> Response:
    """Say that the same is under way, or was undone: once more will tell."""
    return officer_pages.told(409, "nothing_done_title", "walk_in_again")


def _confirmed(given: Mapping[str, str]) -> Response:
    """Record that somebody on a list has arrived."""
    text, _, day = request.form["listed"].partition(" ")
    try:
        person, on = id_of(text), date.fromisoformat(day)
    except (BadUniqueId, ValueError):
        return _page(given=given, fault=say("walk_in_gone"), status=UNPROCESSABLE)
    told = events_said.say(Happened("arrived", (person,), travel_date=on))
    if told.faults:
        return _page(given=given, fault=say("walk_in_gone"), status=CONFLICT)
    done = {"id": text, "words": say("walk_in_confirmed")}
    return _page(given=walk_in_form.next_one(given), done=done)


@reads_people
def _on_lists(*, given: Mapping[str, str]) -> Response:
    """Return the page that asks whether it is one of those with the number, if any."""
    found = walk_in_doubles.listed(given["mobile"])
    if not found:
        return Response(status=NOBODY)
    return _page(given=given, listed=walk_in_form.on_lists(found), status=CONFLICT)


def _is_mobile(text: str) -> bool:
    try:
        e164(text)
    except BadParameter:
        return False  # as the checks of the row will say
    return True


def _form_id() -> str:
    """Return what the form that was shown is known by, so that it counts once."""
    return request.form.get("form", "")[:_LONGEST_FORM_ID]


def _page(*, given: Mapping[str, str], status: int = 200, **told: Any) -> Response:  # noqa: ANN401 - a template's values
    answer = page(
        "walk_in.html",
        typed=given,
        apart=walk_in_form.apart(told.get("faults", {})),
        form_id=secrets.token_urlsafe(16),
        **{"faults": {}, "fault": None, "done": None, "listed": None} | told,
        **walk_in_form.values(current_officer()),
    )
    answer.status_code = status
    return people_answers.private(answer)

"""/arrivals/new: a desk registers who arrived on no list, one after the other."""

import hashlib
import re
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
from gis_service.rates import TooManyRequests, limited
from gis_service.walk_in_bodies import Registering
from gis_service.web import officer_pages, walk_in_form
from gis_service.web.language import say
from gis_service.web.page import page
from movements.errors import (
    BadParameter,
    BadUniqueId,
    BatchRefused,
    GoneMeanwhile,
    IdempotencyMismatch,
    Sunset,
    UploadInFlight,
)
from movements.happened import Happened, Train
from movements.people_mobile import e164
from movements.sheet import of_records
from movements.unique_id import id_of
from movements.vehicle import vehicle_of

bp = Blueprint("walk_in_pages", __name__, template_folder="../web/templates")
officer_pages.install(bp, refused="arrivals_refused")

NOBODY, CONFLICT, UNPROCESSABLE = 204, 409, 422
_FORM_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
# Which words are at which field, of what the address takes beside rows.
_RIDE_WORDS = {
    "train_number": "walk_in_bad_train",
    "train_date": "walk_in_bad_train_date",
    "vehicle": "walk_in_bad_vehicle",
}


class _Wrong(Exception):
    """What was typed is wrong: words by field. Nothing was stored."""

    def __init__(self, words: Mapping[str, str]) -> None:
        """Keep the words."""
        super().__init__()
        self.words = words


@bp.get("/arrivals/new")
@require(Permission.ARRIVAL_CREATE)
def form() -> Response:
    """Return the form."""
    return _page(given={})


@bp.post("/arrivals/new")
@require(Permission.ARRIVAL_CREATE)
@limited("lookup")
def registered() -> Response:
    """Register who is typed; or confirm somebody on a list, or ask whether it is.

    Sent twice, by a second click or a reload, it has one effect.
    """
    given = walk_in_form.typed()
    key = _key(given)
    try:
        if "listed" in request.form:
            return _confirmed(given, request.form["listed"], say_so=True)
        if "there" in request.form:
            return _confirmed(given, request.form["there"], say_so=False)
        asked = "anyway" in request.form or (key is not None and walk_ins.again(key))
        if not asked and _is_mobile(given.get("mobile", "")):
            found = _on_lists(given=given)
            if found.status_code == CONFLICT:
                return found
        return _registered(given, key)
    except _Wrong as wrong:
        return _page(given=given, faults=wrong.words, status=UNPROCESSABLE)


@bp.errorhandler(TooManyRequests)
def too_many(error: TooManyRequests) -> Response:
    """Say how long to wait; what was typed stays."""
    minutes = str(-(-error.seconds // 60))
    words = say("own_wait", minutes=minutes)
    answer = _page(given=walk_in_form.typed(), fault=words, status=429)
    answer.headers["Retry-After"] = str(error.seconds)
    return answer


@bp.errorhandler(Sunset)
def over(_error: Sunset) -> Response:
    """Say that nobody is registered any more."""
    return officer_pages.told(410, "nothing_done_title", "walk_in_over")


@bp.errorhandler(UploadInFlight)
@bp.errorhandler(GoneMeanwhile)
def meanwhile(_error: Exception) -> Response:
    """Say that the same is under way, or was undone: once more will tell."""
    return officer_pages.told(CONFLICT, "nothing_done_title", "walk_in_again")


def _registered(given: Mapping[str, str], key: walk_ins.Key | None) -> Response:
    sheet = of_records([walk_in_form.person(given, current_officer())])
    guardians = walk_ins.guardians(sheet)
    if given.get("guardian_ref") and not guardians:
        raise _Wrong({"guardian_ref": say("walk_in_bad_guardian")})
    # All or nothing: what is refused leaves no batch behind.
    ride = walk_in_form.ride(given) | {"mode": "atomic"}
    try:
        told = walk_ins.registered(
            sheet, manner=_manner(ride), key=key, guardians=guardians
        )
    except BatchRefused as refused:
        receipt: Any = refused.receipt
        raise _Wrong(walk_in_form.faults(receipt["faults"])) from refused
    except IdempotencyMismatch:
        return _page(given=given, fault=say("walk_in_twice"), status=CONFLICT)
    if not told.ids:
        return _page(given=given, fault=say("walk_in_erased"), status=CONFLICT)
    (_, person), *_ = told.ids
    done = {"id": person, "words": say("walk_in_done")}
    return _page(given=walk_in_form.next_one(given), done=done, status=201)


def _manner(ride: Mapping[str, str]) -> Registering:
    try:
        manner = Registering.model_validate(ride)
    except ValidationError as error:
        names = {str(each["loc"][0]) for each in error.errors() if each["loc"]}
        words = {name: say(_RIDE_WORDS[name]) for name in names & _RIDE_WORDS.keys()}
        raise _Wrong(words) from error
    if manner.train_date and not manner.train_number:
        raise _Wrong({"train_number": say("walk_in_no_train")})
    try:
        vehicle_of(manner.vehicle or "S1")
    except BadParameter as error:
        raise _Wrong({"vehicle": say("walk_in_bad_vehicle")}) from error
    return manner


def _confirmed(given: Mapping[str, str], whom: str, *, say_so: bool) -> Response:
    """Record that somebody on a list has arrived, and what they came in.

    Of who is there already nothing is recorded.
    """
    text, _, day = whom.partition(" ")
    try:
        person, on = id_of(text), date.fromisoformat(day)
    except (BadUniqueId, ValueError):
        return _page(given=given, fault=say("walk_in_gone"), status=UNPROCESSABLE)
    # Of who is there already nothing changes: neither do train and coach.
    manner = _manner(walk_in_form.ride(given) if say_so else {})
    train = manner.train_number and Train(manner.train_number, manner.train_date)
    happened = Happened(
        "arrived",
        (person,),
        travel_date=on,
        train=train or None,
        vehicle=manner.vehicle and vehicle_of(manner.vehicle),
    )
    told = events_said.say(happened)
    if told.faults:
        rides = {"on_two_trains", "no_train", "not_a_mark", "not_by_train", "other_day"}
        other = {fault.code for fault in told.faults} <= rides
        words = say("walk_in_other_train" if other else "walk_in_gone")
        return _page(given=given, fault=words, status=CONFLICT)
    done = {
        "id": text,
        "words": say("walk_in_confirmed" if say_so else "walk_in_there"),
    }
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


def _key(given: Mapping[str, str]) -> walk_ins.Key | None:
    """Return what the form that was shown is known by, so that it counts once."""
    shown = request.form.get("form", "")
    if not _FORM_ID.fullmatch(shown):
        return None
    return walk_ins.Key(f"page {shown}", hashlib.sha256(orjson.dumps(given)).digest())


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

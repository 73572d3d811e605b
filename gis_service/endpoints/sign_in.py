"""/sign-in, /sign-out: with an account of one's own, or with a token."""

from typing import cast

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for

from gis_service import csrf, local_sign_in, signing_in
from gis_service.access import BadToken, public
from gis_service.attempts import TooManyAttempts
from gis_service.db import connection
from gis_service.local_sign_in import NotRecognised, Told
from gis_service.rates import limited
from gis_service.web import language
from gis_service.web.sign_in_page import local, sign_in_page

bp = Blueprint("sign_in", __name__, template_folder="../web/templates")


@bp.get("/sign-in")
@public
def form() -> Response:
    """Return the page to sign in."""
    return sign_in_page(request.args.get("next"))


@bp.get("/sign-in/again")
@public
def again() -> Response:
    """Return the page to sign in once more, before people are opened or taken away."""
    return sign_in_page(request.args.get("next"), again=True)


@bp.post("/sign-in")
@public
@limited("sign_in")
def signed_in() -> Response:
    """Begin a session for who the form tells of, or say what is wrong with it."""
    target = request.form.get("next")
    try:
        fault = _fault()
    except TooManyAttempts as error:
        return _too_many(error)
    if fault is None:
        return _to(local(target))
    answer = sign_in_page(
        target, fault=language.say(fault), again="again" in request.form
    )
    answer.status_code = 403 if fault == "elsewhere" else 422
    return answer


@bp.post("/sign-out")
@public
def signed_out() -> Response:
    """End the session."""
    if not csrf.is_ours(request.form.get(csrf.FIELD, "")):
        abort(403)
    signing_in.sign_out()
    return _to(url_for("pages.home"))


def _fault() -> str | None:
    """Return the key of what is wrong with a sign-in, after trying it."""
    if not csrf.is_ours(request.form.get(csrf.FIELD, "")):
        return "elsewhere"
    if "name" in request.form:
        return _fault_of_account()
    token = request.form.get("token", "").strip()
    if not token:
        return "token_empty"
    try:
        signing_in.with_token(token)
    except BadToken:
        return "token_refused"
    return None


def _fault_of_account() -> str | None:
    told = Told(*(request.form.get(each, "") for each in ("name", "password", "code")))
    key = current_app.extensions["accounts"]
    try:
        signing_in.begin(local_sign_in.recognised(connection("access"), key, told))
    except NotRecognised:
        return "account_refused"
    return None


def _too_many(error: TooManyAttempts) -> Response:
    minutes = str(-(-error.seconds // 60))
    fault = language.say("account_wait", minutes=minutes)
    again = "again" in request.form
    answer = sign_in_page(request.form.get("next"), fault=fault, again=again)
    answer.status_code = 429
    answer.headers["Retry-After"] = str(error.seconds)
    return answer


def _to(target: str) -> Response:
    """Send the browser on; it asks for the next page by GET."""
    response = redirect(target, 303, Response=Response)
    response.headers["Cache-Control"] = "no-store"
    return cast("Response", response)

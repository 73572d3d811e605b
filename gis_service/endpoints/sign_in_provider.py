"""/sign-in/provider: to the OpenID provider, and back from it."""

import logging
from typing import cast

from flask import Blueprint, Response, abort, current_app, redirect, request

from gis_service import signing_in
from gis_service.access import public
from gis_service.address import root
from gis_service.db import connection
from gis_service.oidc import answer, asking, people
from gis_service.oidc.answer import NotBelieved
from gis_service.oidc.asking import NotUnderWay
from gis_service.oidc.people import BadRoles, Unmapped
from gis_service.oidc.provider import Provider
from gis_service.rates import limited
from gis_service.sessions import Holder
from gis_service.web import language
from gis_service.web.page import page
from gis_service.web.sign_in_page import local, sign_in_page
from layers.errors import AddressRefused, BadAnswer, SourceAway

log = logging.getLogger("nmis")

bp = Blueprint("sign_in_provider", __name__, template_folder="../web/templates")

BACK = "/sign-in/provider/back"
# What goes wrong on the way, and the key of the words that an officer is told.
FAULTS = {
    Unmapped: "provider_unmapped",
    BadRoles: "provider_unmapped",
    NotUnderWay: "provider_refused",
    NotBelieved: "provider_refused",
    BadAnswer: "provider_away",
    SourceAway: "provider_away",
    AddressRefused: "provider_away",
}


@bp.get("/sign-in/provider")
@public
@limited("sign_in")
def to_provider() -> Response:
    """Send an officer to the provider."""
    again = "again" in request.args
    begun = asking.asked(local(request.args.get("next")), again=again)
    try:
        there = asking.address(_provider(), begun, back=root() + BACK)
    except tuple(FAULTS) as error:
        return _told(error, begun.target, again=again)
    response = cast("Response", redirect(there, 303, Response=Response))
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(
        _cookie(),
        asking.written(_key(), begun),
        max_age=asking.WAIT_S,
        path="/",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",  # it is sent on the way back from the provider
    )
    return response


@bp.get(BACK)
@public
@limited("sign_in")
def back() -> Response:
    """Begin a session for whom the provider sent back."""
    target = None
    try:
        begun = asking.read(_key(), request.cookies.get(_cookie()))
        target = begun.target
        signing_in.begin(_holder(begun))
    except tuple(FAULTS) as error:
        return _over(_told(error, target, again=False))
    # The session's cookie goes along only from a page of ours.
    return _over(page("signed_in.html", next=target))


def _holder(begun: asking.Asked) -> Holder:
    provider, told = _provider(), request.args.to_dict()
    who = answer.proved(provider, begun, told, back=root() + BACK)
    mapping = people.rows(connection(), current_app.extensions["settings"].var)
    grant = people.mapped(connection(), mapping, who.claims)
    return people.holder(connection("access"), provider.client.issuer, who, grant)


def _told(error: Exception, target: str | None, *, again: bool) -> Response:
    # Our own words: which claim, address or row is wrong, never what it holds.
    log.warning("sign-in with the provider: %s: %s", type(error).__name__, error)
    fault = FAULTS[type(error)]
    response = sign_in_page(target, fault=language.say(fault), again=again)
    response.status_code = 502 if fault == "provider_away" else 403
    return response


def _over(response: Response) -> Response:
    # A browser heeds a __Host- cookie only with Secure, also where it is taken back.
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.delete_cookie(
        _cookie(), path="/", secure=secure, httponly=True, samesite="Lax"
    )
    return response


def _provider() -> Provider:
    found: Provider | None = current_app.extensions["oidc"]
    if found is None:
        abort(404)
    return found


def _key() -> bytes:
    return bytes(current_app.extensions["secrets"].cookie_key)


def _cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-provider"

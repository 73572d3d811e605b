"""That a form, or a script's request, comes from a page that we gave this browser.

What a page carries is made of an id that only the browser has: the session's, or,
before there is one, that of a cookie for the sign-in form. It is masked anew each time,
so that a packed page does not tell it letter by letter. The browser says besides where
a request comes from.
"""

import base64
import binascii
import hmac
import secrets
from urllib.parse import urlsplit

from flask import Response, after_this_request, current_app, g, request
from markupsafe import Markup

from gis_service import sessions
from gis_service.address import root
from gis_service.officer import BearerNeeded, signed_in

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_BYTES = 32


class ForgedForm(Exception):
    """The request does not come from a page that this browser was given."""


def token() -> str:
    """Return what this browser's next form or script has to send along."""
    own = _own()
    mask = secrets.token_bytes(_BYTES)
    return base64.urlsafe_b64encode(mask + _mixed(mask, _made(own))).decode()


def field() -> Markup:
    """Return it as a form's hidden field."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token())


def demand() -> None:
    """Refuse a request that no page of ours sent.

    Raises:
        BearerNeeded: it carries nothing of the kind.
        ForgedForm: what it carries is not this browser's, or another site sent it.
    """
    told = request.headers.get(HEADER)
    if told is None and request.mimetype in FORMS:
        told = request.form.get(FIELD)
    if told is None:
        raise BearerNeeded(
            f"{request.method} needs an Authorization: Bearer header, or the header"
            f" {HEADER} of the session's page"
        )
    if not is_ours(told):
        raise ForgedForm("the form is not of this session; load the page again")


def is_ours(told: str) -> bool:
    """Return whether a form's value is this browser's, and no other site sent it."""
    ids = filter(None, (sessions.shown(), request.cookies.get(_cookie())))
    return not from_elsewhere() and any(_is_of(own, told) for own in ids)


def from_elsewhere() -> bool:
    """Return whether another site sent this request.

    Every browser of the last years sends one of the two headers with a form.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("Origin")
    own = {_origin(root()), _origin(request.host_url)}
    return origin is not None and origin not in own


def _own() -> str:
    """Return the id that a form is bound to; a new one where there is none yet."""
    session_id = sessions.shown()
    if session_id and signed_in():
        return session_id
    kept: str | None = request.cookies.get(_cookie()) or g.get("form_id")
    if kept is None:
        kept = g.form_id = secrets.token_urlsafe(_BYTES)
        after_this_request(_kept)
    return kept


def _kept(response: Response) -> Response:
    response.set_cookie(
        _cookie(),
        g.form_id,
        path="/",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Strict",
    )
    return response


def _cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-form"


def _is_of(own: str, told: str) -> bool:
    try:
        both = base64.urlsafe_b64decode(told.encode("ascii"))
    except (binascii.Error, ValueError):
        return False
    if len(both) != 2 * _BYTES:
        return False
    return hmac.compare_digest(_mixed(both[:_BYTES], both[_BYTES:]), _made(own))


def _made(own: str) -> bytes:
    return hmac.digest(own.encode("utf-8", "replace"), b"nmis form", "sha256")


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"

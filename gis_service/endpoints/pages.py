"""The pages: landing, flow map, sign-in and sign-out, and the files they load."""

import mimetypes
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, request, url_for

from gis_service.access import BadToken, public, sign_in, sign_out
from gis_service.address import root
from gis_service.readers import told_to_all
from gis_service.web import assets, language
from gis_service.web.legends import classes
from gis_service.web.page import page

bp = Blueprint("pages", __name__, template_folder="../web/templates")

FOR_GOOD = "public, max-age=31536000, immutable"

# Files that pages of others name, such as maps that an analyst saved: these addresses
# stay, and lead to the present file.
LASTING = ("leaflet.css", "leaflet.js")
FOR_NOW = "public, max-age=300"


@bp.get("/")
@public
def home() -> Response:
    """Return the page that explains the service."""
    return page("home.html")


@bp.get("/maps/flows")
@public
def flow_map() -> Response:
    """Return the flow map; what it shows of flows is asked for by the map itself."""
    told = told_to_all()
    return page(
        "flow_map.html",
        built=assets.is_built(assets.MAP_SCRIPT),
        classes=classes(released=bool(told)),
        told=told,
        base=request.script_root,
    )


@bp.get("/sign-in")
@public
def sign_in_form() -> Response:
    """Return the form that takes a token."""
    return page("sign_in.html", fault=None, next=_local(request.args.get("next")))


@bp.post("/sign-in")
@public
def signed_in() -> Response:
    """Start a session for the token of the form, or say what is wrong with it."""
    target = _local(request.form.get("next"))
    fault = _fault()
    if fault:
        answer = page("sign_in.html", fault=language.say(fault), next=target)
        answer.status_code = 403 if fault == "elsewhere" else 422
        return answer
    return _to(target)


@bp.post("/sign-out")
@public
def signed_out() -> Response:
    """End the session."""
    if _from_elsewhere():
        abort(403)
    sign_out()
    return _to(url_for("pages.home"))


@bp.get("/assets/<digest>/<path:name>")
@public
def asset(digest: str, name: str) -> Response:
    """Return a file for the browser, which may keep it for good."""
    path = assets.found(name)
    if path is None or digest != assets.digest():
        abort(404)
    packed = path.with_name(path.name + ".gz")
    zipped = packed.is_file() and request.accept_encodings.quality("gzip") > 0
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    response = Response((packed if zipped else path).read_bytes(), mimetype=kind)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = FOR_GOOD
    response.vary.add("Accept-Encoding")
    return response


@bp.get("/assets/<name>")
@public
def lasting_asset(name: str) -> Response:
    """Lead to a file for the browser, by a name that stays."""
    if name not in LASTING or not assets.is_built(name):
        abort(404)
    address = url_for("pages.asset", digest=assets.digest(), name=name)
    response = cast("Response", redirect(address, 302, Response=Response))
    response.headers["Cache-Control"] = FOR_NOW
    return response


def _fault() -> str | None:
    """Return the key of what is wrong with a sign-in, after trying it."""
    if _from_elsewhere():
        return "elsewhere"
    token = request.form.get("token", "").strip()
    if not token:
        return "token_empty"
    try:
        sign_in(token)
    except BadToken:
        return "token_refused"
    return None


def _from_elsewhere() -> bool:
    """Return whether another site sent this form.

    Every browser of the last years sends one of the two headers with a form.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site != "same-origin"
    origin = request.headers.get("Origin")
    own = {_origin(root()), _origin(request.host_url)}
    return origin is not None and origin not in own


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _local(target: str | None) -> str:
    """Return where to go after signing in: only ever a path of our own."""
    otherwise = url_for("pages.flow_map")
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return otherwise
    return target if target.isprintable() else otherwise


def _to(target: str) -> Response:
    """Send the browser on; it asks for the next page by GET."""
    response = redirect(target, 303, Response=Response)
    response.headers["Cache-Control"] = "no-store"
    return cast("Response", response)

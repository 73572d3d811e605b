"""The pages: landing and flow map, and the files they load."""

import mimetypes
from typing import cast

from flask import Blueprint, Response, abort, redirect, request, url_for

from gis_service.access import public
from gis_service.readers import told_to_all
from gis_service.web import assets
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

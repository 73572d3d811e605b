"""/openapi.json and /docs: the document of the HTTP face, and a page that shows it."""

from importlib.resources import files
from typing import cast

import orjson
from flask import Blueprint, Response, current_app, render_template
from flask_openapi3 import OpenAPI

from gis_service.access import public
from gis_service.headers import relax
from gis_service.openapi import document

bp = Blueprint(
    "docs",
    __name__,
    template_folder="templates",
    # Swagger UI's own files, served by us.
    static_folder=str(files("flask_openapi3_swagger") / "templates" / "swagger"),
    static_url_path="/docs/static",
)


@bp.get("/openapi.json")
@public
def openapi() -> Response:
    """Return the OpenAPI 3.1 document."""
    kept = current_app.extensions
    if "openapi" not in kept:
        kept["openapi"] = orjson.dumps(document(cast("OpenAPI", current_app)))
    return Response(kept["openapi"], mimetype="application/json")


@bp.get("/docs")
@public
def docs() -> str:
    """Return a page that shows the document and sends requests."""
    # Swagger UI writes style elements and draws its icons from data addresses.
    relax("style-src", "'unsafe-inline'")
    return render_template("docs.html")

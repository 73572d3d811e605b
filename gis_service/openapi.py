"""The OpenAPI 3.1 face: the application's kind, its document, and what it declares."""

import re
from typing import Any

from flask_openapi3 import Info, OpenAPI, SecurityScheme
from flask_openapi3.models import PathItem

from gis_service import __version__, errors
from gis_service.problem import MEDIA_TYPE, SCHEMA

PROBLEM = {
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
}

# What any endpoint may answer, and what only those that need a token may.
ALWAYS = {"422": "parameters are not allowed", "500": "our fault; quote the reference"}
WITH_TOKEN = {"401": "no token, or not a live one", "403": "the role may not do this"}

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")

# A variable part of an address as Flask writes it: <name> or <kind:name>.
CONVERTER = re.compile(r"<(?:[^<>:]+:)?([^<>]+)>")

INFO = Info(
    title="NMIS GIS service",
    version=__version__,
    description=(
        "The geospatial service layer of the National Migrant Information System:"
        " boundaries, flows and routes as JSON, GeoJSON and vector tiles, and the"
        " upload of batches. Boundaries are open; everything else needs a bearer"
        " token. Windows are whole days in India, `from` and `to` both inclusive."
        " Units go by their LGD codes. Every error is a problem+json body with a"
        " stable `code`."
    ),
)


class Paths(dict[str, PathItem]):
    """Addresses of the document; several blueprints may serve methods of one."""

    def update(self, *_: Any, **paths: PathItem) -> None:  # noqa: ANN401 - as dict's
        """Add the methods of each address to those that it has."""
        for path, item in paths.items():
            served = self.setdefault(path, item)
            for method in METHODS:
                # One that is set, if to nothing, stands in the document.
                if (operation := getattr(item, method)) is not None:
                    setattr(served, method, operation)


def application(name: str) -> OpenAPI:
    """Return an application without the default pages, which load nothing of ours."""
    app = OpenAPI(
        name,
        info=INFO,
        doc_ui=False,
        static_folder=None,
        security_schemes={
            "bearer": SecurityScheme(
                type="http",
                scheme="bearer",
                description="a token made by `nmis token issue`",
            )
        },
        validation_error_callback=errors.invalid,
    )
    app.paths = Paths()
    return app


def document(app: OpenAPI) -> dict[str, Any]:
    """Return the OpenAPI document, with each operation's security and errors.

    ``x-permissions`` are those of ``policy.csv`` of which a caller's role needs one.
    """
    made: dict[str, Any] = app.api_doc
    schemas = made["components"]["schemas"]
    schemas["Problem"] = SCHEMA
    schemas.pop("ValidationErrorModel", None)
    kinds = _kinds(app)
    for path, item in made["paths"].items():
        for method, operation in item.items():
            security, permissions = kinds[path, method]
            _declare(operation, security=security)
            if permissions:
                operation["x-permissions"] = permissions
    return made


def _declare(operation: dict[str, Any], *, security: list[dict[str, Any]]) -> None:
    operation["security"] = security
    told = ALWAYS | (WITH_TOKEN if security else {})
    for status, description in told.items():
        operation["responses"][status] = {"description": description} | PROBLEM


def _kinds(
    app: OpenAPI,
) -> dict[tuple[str, str], tuple[list[dict[str, Any]], list[str]]]:
    found = {}
    for rule in app.url_map.iter_rules():
        marks = app.view_functions[rule.endpoint].__dict__
        security: list[dict[str, Any]] = [{"bearer": []}]
        permissions = [each.value for each in marks.get("permission") or ()]
        if marks.get("permission", "") is None:
            security = [{}, *security] if "by_layer" in marks else []
        path = CONVERTER.sub(r"{\1}", rule.rule)
        for method in rule.methods or ():
            found[path, method.lower()] = security, permissions
    return found

"""/health and /ready: is the process alive, and can it answer."""

from flask import Response, jsonify
from flask_openapi3 import APIBlueprint
from pydantic import BaseModel

from boundaries.version import versions
from gis_service.access import public
from gis_service.db import connection
from gis_service.problem import problem

bp = APIBlueprint("health", __name__)


class Health(BaseModel):
    """It is well."""

    status: str


@bp.get("/health", responses={"200": Health})
@public
def health() -> Response:
    """Say that the process is alive; touches no database."""
    return jsonify(status="ok")


@bp.get("/ready", responses={"200": Health})
@public
def ready() -> Response:
    """Say that the database answers; 503 until it does.

    Nothing more: a version that grows with each batch would tell everybody of it.
    """
    if not versions(connection()):
        return problem(
            status=503, code="not_ready", title="the database is not filled yet"
        )
    return jsonify(status="ok")

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
    """The process answers."""

    status: str


class Ready(BaseModel):
    """The database answers and is migrated."""

    status: str
    versions: dict[str, int]


@bp.get("/health", responses={"200": Health})
@public
def health() -> Response:
    """Say that the process is alive; touches no database."""
    return jsonify(status="ok")


@bp.get("/ready", responses={"200": Ready})
@public
def ready() -> Response:
    """Say that the database answers; 503 until it does."""
    found = versions(connection())
    if not found:
        return problem(
            status=503, code="not_ready", title="the database is not filled yet"
        )
    return jsonify(status="ok", versions=found)

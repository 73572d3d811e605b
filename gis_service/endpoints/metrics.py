"""/metrics: the service's own numbers, for those who run it."""

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from gis_service import metrics
from gis_service.access import require
from gis_service.policy import Permission

bp = APIBlueprint("metrics", __name__, abp_tags=[Tag(name="operations")])


@bp.get("/metrics", responses={"200": {"description": "Prometheus' text form"}})
@require(Permission.METRICS_READ)
def read() -> Response:
    """Return counts and seconds of requests, of all workers together."""
    response = Response(metrics.text(), content_type=metrics.MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response

"""/api/v1/walk-ins: who arrived on no list is registered where they arrived."""

from flask import Response, request
from flask_openapi3 import APIBlueprint, Tag

from gis_service import callers, fault_language, intake, walk_ins
from gis_service.access import current_officer, require
from gis_service.batch_bodies import Rows
from gis_service.bodies import own_limit
from gis_service.people_answers import json
from gis_service.policy import Permission
from gis_service.rates import limited
from gis_service.walk_in_bodies import Registering, WalkInsBody

bp = APIBlueprint(
    "walk_ins", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="people")]
)


@bp.post("/walk-ins", responses={"200": WalkInsBody, "201": WalkInsBody})
@require(Permission.ARRIVAL_CREATE)
@limited("upload")
@own_limit
def create(query: Registering, raw: Rows) -> Response:
    """Register people who arrived at your places and are on no list.

    Rows as for `/batches`, up to 500; each ends in your state or district, on a day up
    to today, and stands as arrived at once. The answer, sent after COMMIT, holds the
    unique IDs. Send an `Idempotency-Key`: the same again has one effect. Whoever is on
    a list is not registered but confirmed: look them up (`/people/find`), then record
    `arrived` (`/events`).
    """
    spoken = fault_language.language(request, query.lang)
    request.environ[callers.STATE] = current_officer().tenant
    told = walk_ins.register(
        intake.body(raw),
        media=raw.mimetype,
        manner=query,
        key=intake.key(request.headers.get("Idempotency-Key")),
        spoken=spoken,
    )
    response = json(walk_ins.body(told, spoken))
    response.status_code = 200 if query.dry_run else 201
    response.headers["Content-Language"] = spoken
    if told.receipt.replayed:
        response.headers["Idempotent-Replay"] = "true"
    return response

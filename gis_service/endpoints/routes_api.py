"""/api/v1/routes: one route with its states in order, by its id."""

from typing import Any
from uuid import UUID

import numpy as np
import orjson
import shapely
from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel
from sqlalchemy import Connection

from boundaries.gazetteer import District, Gazetteer, State
from boundaries.lookup import gazetteer
from gis_service.access import current_officer, require
from gis_service.answers import tag, unchanged, whole
from gis_service.asked import LayerFilters, question, versions_now
from gis_service.db import connection
from gis_service.policy import Permission
from gis_service.readers import Reader
from layers.counts import FLOW_SOURCE
from layers.formats.geojson import DIGITS
from layers.question import Question
from layers.travelled import people
from routes.path import RouteView, route

bp = APIBlueprint(
    "routes", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="routes")]
)


class RouteId(BaseModel):
    """Which route."""

    route_id: UUID


class Place(BaseModel):
    """A state or district on the way."""

    code: int
    name: str | None
    name_hi: str | None


class Route(BaseModel):
    """A way between two districts; `kind` says whether its line is schematic."""

    route_id: UUID
    mode: str
    kind: str
    declared: bool
    has_gap: bool
    by_sea_or_air: bool
    length_km: float
    origin: Place
    destination: Place
    states: list[Place]
    people: int
    page: str
    path: dict[str, Any]
    corridor: dict[str, Any]
    attribution: str


@bp.get("/routes/<route_id>", responses={"200": Route})
@require(Permission.ROUTE_READ)
def one_route(path: RouteId) -> Response:
    """Return a route that begins or ends in the reader's units.

    Its line and its states are GeoJSON geometries; `people` are those who take it.
    """
    db = connection()
    scope = current_officer().scope
    known = versions_now(db)
    found = route(db, path.route_id, scope=scope)
    asked = question(
        db, LayerFilters(), reader=Reader(scope), level="district", known=known
    )
    etag = tag("route", found.route_id, sorted(known.items()), scope.key())
    return unchanged(etag, public=False) or whole(
        lambda: _body(db, found, asked),
        etag=etag,
        public=False,
        media_type="application/json",
    )


def _body(db: Connection, found: RouteView, asked: Question) -> bytes:
    names = gazetteer(db)
    told = {
        "route_id": found.route_id,
        "mode": found.mode,
        "kind": found.kind,
        "declared": found.declared,
        "has_gap": found.has_gap,
        "by_sea_or_air": found.by_sea_or_air,
        "length_km": round(found.length_km, 1),
        "origin": _district(names, found.origin_district),
        "destination": _district(names, found.destination_district),
        "states": [_state(names, code) for code in found.states],
        "people": people(db, found.route_id, question=asked),
        "page": f"/maps/routes/{found.route_id}",
        "path": _geometry(found.path),
        "corridor": _geometry(found.corridor),
        "attribution": FLOW_SOURCE.attribution,
    }
    return orjson.dumps(told)


def _geometry(shape: shapely.Geometry) -> orjson.Fragment:
    rounded = shapely.transform(shape, lambda points: np.round(points, DIGITS))
    return orjson.Fragment(shapely.to_geojson(rounded))


def _district(names: Gazetteer, code: int) -> dict[str, Any]:
    return _place(code, names.districts.get(code))


def _state(names: Gazetteer, code: int) -> dict[str, Any]:
    return _place(code, names.states.get(code))


def _place(code: int, unit: State | District | None) -> dict[str, Any]:
    name = unit.name if unit else None
    return {"code": code, "name": name, "name_hi": unit.name_hi if unit else None}

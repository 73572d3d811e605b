"""What may be asked below ``/ogc``, who may ask it, and how a refusal is told there."""

from collections.abc import Mapping
from typing import Literal

import orjson
from flask import Response, request
from flask_openapi3 import APIBlueprint
from pydantic import BaseModel, Field, field_validator

from gis_service.access import NotPermitted
from gis_service.asked import SIDES, LayerFilters, reader
from gis_service.endpoints.layers import PageFilters
from gis_service.ogc_time import days
from layers.catalogue import LAYERS
from layers.errors import BadQuestion, UnknownLayer
from layers.formats import geojson
from layers.formats.tilejson import INDIA_BOUNDS
from layers.layer import Layer

# QGIS takes a server that names no limit for one of 1,000; about 3 MB of districts.
DEFAULT_LIMIT = 1_000
# A box about a single point has no area, and ours must: a tenth of a millimetre.
THIN = 1e-9

OF_EVERY_LAYER = ("as_of", "v", "datetime")
OF_ITEMS = ("bbox", "limit", "after")


class Form(BaseModel):
    """Which form an answer has."""

    f: Literal["json"] = Field("json", description="JSON, the one form there is")


class FeatureFilters(LayerFilters):
    """What may be asked of one feature: how it is counted."""

    f: Literal["json"] = Field("json", description="GeoJSON, the one form there is")
    datetime: str | None = Field(
        None,
        max_length=80,
        description="days of travel: a day, an RFC 3339 time, or an interval a/b"
        " where .. leaves an end open; no effect on layers that know no days",
    )


class ItemFilters(FeatureFilters, PageFilters):
    """What may be asked of a collection's features."""

    limit: int = Field(
        DEFAULT_LIMIT,
        ge=1,
        description=f"features a page; more than {geojson.MAX_LIMIT} are"
        f" {geojson.MAX_LIMIT}",
    )
    after: str | None = Field(None, max_length=120, description="from a `next` link")

    @field_validator("bbox", mode="before")
    @classmethod
    def _flat(cls, text: str) -> str:
        """Return four numbers with an area, on one side of the antimeridian."""
        try:
            sides = [float(part) for part in text.split(",")]
        except ValueError:
            return text
        if len(sides) == 2 * 3:  # heights, which no feature of ours has
            sides = [*sides[:2], *sides[3:5]]
        return ",".join(map(repr, _widened(sides))) if len(sides) == SIDES else text


def _widened(sides: list[float]) -> list[float]:
    west, south, east, north = sides
    # What is left out lies where no feature of ours is.
    if west > east and east < INDIA_BOUNDS[0]:
        east = 180.0
    elif west > east and west > INDIA_BOUNDS[2]:
        west = -180.0
    if west == east:
        west, east = west - THIN, east + THIN
    if south == north:
        south, north = south - THIN, north + THIN
    return [max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)]


def offered() -> Mapping[str, Layer]:
    """Return the layers whose features have numbers, and so an order and pages."""
    return {name: each for name, each in LAYERS.items() if geojson.has_pages(each)}


def collection_of(name: str) -> Layer:
    """Return an offered layer by name.

    Raises:
        UnknownLayer: none of this name is offered; says which are.
    """
    if name not in offered():
        raise UnknownLayer(name, tuple(offered()))
    return LAYERS[name]


def finest(layer: Layer) -> Literal["state", "district"]:
    """Return the finest level at which the caller may read a layer.

    Raises:
        NoToken, BadToken, NotPermitted: they may not read it at all.
    """
    try:
        reader(layer, "district")
    except NotPermitted:
        if "level" not in layer.filters:
            raise
        reader(layer, "state")
        return "state"
    return "district"


def of_days(layer: Layer, query: FeatureFilters) -> FeatureFilters:
    """Return what was asked with ``datetime`` as the days of travel.

    Raises:
        BadQuestion: it is no time, or stands beside from, to or window.
    """
    if query.datetime is None:
        return query
    first, last = days(query.datetime)
    if not {"from", "to"} <= set(layer.filters):
        return query  # what has no time has it at all times
    if query.given() & {"from", "to", "window"}:
        allowed = "either datetime, or from and to, or window"
        raise BadQuestion("datetime", query.datetime, allowed)
    return query.model_copy(
        update={
            name: day
            for name, day in (("from_", first), ("to", last))
            if day is not None
        }
    )


def guard(bp: APIBlueprint) -> None:
    """Refuse unknown parameters below a blueprint, and refuse with status 400.

    Elsewhere a filter that is not allowed is 422; the standard asks for 400.
    """
    bp.before_request(_refuse_unknown)
    bp.after_request(_as_bad_request)


def _refuse_unknown() -> None:
    known = {"f"}
    name: str = (request.view_args or {}).get("layer", "")
    what = request.endpoint or ""
    if name in offered() and what.startswith("ogc_items."):
        known |= {*LAYERS[name].filters, *OF_EVERY_LAYER}
        known |= set(OF_ITEMS) if what.endswith(".items") else set()
    for given, value in request.args.items():
        if given not in known and (not name or name in offered()):
            allowed = f"no such parameter here, only {', '.join(sorted(known))}"
            raise BadQuestion(given[:80], value[:80], allowed)


def _as_bad_request(response: Response) -> Response:
    if response.status_code == 422:  # noqa: PLR2004 - the HTTP status
        response.set_data(orjson.dumps(orjson.loads(response.data) | {"status": 400}))
        response.status_code = 400
    return response
